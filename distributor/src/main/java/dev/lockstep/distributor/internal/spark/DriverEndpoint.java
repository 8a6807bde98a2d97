package dev.lockstep.distributor.internal.spark;

import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.RpcCallContext;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.rpc.ThreadSafeRpcEndpoint;
import scala.PartialFunction;
import scala.runtime.AbstractPartialFunction;
import scala.runtime.BoxedUnit;

/**
 * An endpoint on the driver that executors send bytes to, over Spark's own RPC, so it is
 * authenticated and encrypted as the cluster is.
 */
public final class DriverEndpoint implements ThreadSafeRpcEndpoint, AutoCloseable {
  private final RpcEnv environment;
  private final Consumer<byte[]> told;
  private final BiConsumer<byte[], Consumer<Object>> asked;
  private final String name = "lockstep-" + UUID.randomUUID();
  private final RpcEndpointRef reference;

  /**
   * An endpoint that is open. Messages come one at a time.
   *
   * @param told gets messages that are only sent
   * @param asked gets messages whose sender waits, and what answers it
   */
  public DriverEndpoint(Consumer<byte[]> told, BiConsumer<byte[], Consumer<Object>> asked) {
    this.environment = SparkEnv.get().rpcEnv();
    this.told = told;
    this.asked = asked;
    this.reference = environment.setupEndpoint(name, this);
  }

  /** The name under which {@link DriverConnection} finds it. */
  public String name() {
    return name;
  }

  @Override
  public RpcEnv rpcEnv() {
    return environment;
  }

  @Override
  public PartialFunction<Object, BoxedUnit> receive() {
    return each(told);
  }

  @Override
  public PartialFunction<Object, BoxedUnit> receiveAndReply(RpcCallContext context) {
    return each(message -> asked.accept(message, context::reply));
  }

  private static PartialFunction<Object, BoxedUnit> each(Consumer<byte[]> action) {
    return new AbstractPartialFunction<>() {
      @Override
      public boolean isDefinedAt(Object message) {
        return message instanceof byte[];
      }

      @Override
      public BoxedUnit apply(Object message) {
        action.accept((byte[]) message);
        return BoxedUnit.UNIT;
      }
    };
  }

  @Override
  public void close() {
    environment.stop(reference);
  }
}
