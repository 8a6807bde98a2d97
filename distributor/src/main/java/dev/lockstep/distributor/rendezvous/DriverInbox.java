package dev.lockstep.distributor.rendezvous;

import java.util.UUID;
import java.util.function.Consumer;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.RpcCallContext;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.rpc.ThreadSafeRpcEndpoint;
import org.apache.spark.util.RpcUtils;
import scala.PartialFunction;
import scala.runtime.AbstractPartialFunction;
import scala.runtime.BoxedUnit;

/**
 * What ranks tell the driver while they run, over Spark's own RPC, so it is authenticated and
 * encrypted as the cluster is. Messages are bytes: they need no class of ours on either side.
 */
final class DriverInbox implements ThreadSafeRpcEndpoint, AutoCloseable {
  private final RpcEnv environment;
  private final Consumer<RankMessage> receiver;
  private final String name = "lockstep-" + UUID.randomUUID();
  private final RpcEndpointRef reference;
  private final DriverAllGather gathering;

  /**
   * An inbox that is open.
   *
   * @param worldSize number of ranks
   * @param receiver hears what ranks tell the driver
   */
  DriverInbox(int worldSize, Consumer<RankMessage> receiver) {
    this.environment = SparkEnv.get().rpcEnv();
    this.receiver = receiver;
    this.gathering = new DriverAllGather(worldSize);
    this.reference = environment.setupEndpoint(name, this);
  }

  /** The name under which ranks find the inbox. */
  String name() {
    return name;
  }

  /** A rank's way to the inbox of that name. */
  static RpcEndpointRef find(String name) {
    SparkEnv env = SparkEnv.get();
    return RpcUtils.makeDriverRef(name, env.conf(), env.rpcEnv());
  }

  @Override
  public RpcEnv rpcEnv() {
    return environment;
  }

  @Override
  public PartialFunction<Object, BoxedUnit> receive() {
    return each(receiver);
  }

  /** For a message that must have arrived before its sender goes on, or waits for the others'. */
  @Override
  public PartialFunction<Object, BoxedUnit> receiveAndReply(RpcCallContext context) {
    return each(
        message -> {
          receiver.accept(message);
          if (message.kind() == RankMessage.Kind.GATHERED) {
            gathering.add(message.rank(), message.text(), context::reply);
          } else {
            context.reply(true);
          }
        });
  }

  private static PartialFunction<Object, BoxedUnit> each(Consumer<RankMessage> action) {
    return new AbstractPartialFunction<>() {
      @Override
      public boolean isDefinedAt(Object message) {
        return message instanceof byte[];
      }

      @Override
      public BoxedUnit apply(Object message) {
        action.accept(RankMessage.decode((byte[]) message));
        return BoxedUnit.UNIT;
      }
    };
  }

  @Override
  public void close() {
    environment.stop(reference);
  }
}
