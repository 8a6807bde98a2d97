package dev.lockstep.distributor.internal.spark;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcTimeout;
import org.apache.spark.util.RpcUtils;
import scala.concurrent.Await;
import scala.concurrent.Future;
import scala.concurrent.duration.Duration;
import scala.concurrent.duration.FiniteDuration;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** An executor's way to a {@link DriverEndpoint}. */
public final class DriverConnection {
  private static final FiniteDuration PATIENCE = Duration.apply(100, TimeUnit.MILLISECONDS);
  private static final ClassTag<Object> ANY = ClassTag$.MODULE$.apply(Object.class);

  private final RpcEndpointRef endpoint;

  /** The way to the endpoint of that name. */
  public DriverConnection(String name) {
    SparkEnv env = SparkEnv.get();
    endpoint = RpcUtils.makeDriverRef(name, env.conf(), env.rpcEnv());
  }

  /** Sends a message, and waits for nothing. */
  public void send(byte[] message) {
    endpoint.send(message);
  }

  /**
   * Sends a message and waits for the answer.
   *
   * @throws RuntimeException if there is none in time
   */
  public Object ask(byte[] message) {
    return endpoint.askSync(message, ANY);
  }

  /**
   * As {@link #ask(byte[])}, for an answer that may take long; throws what went wrong, as checked
   * exceptions that no signature names.
   *
   * @param property name of Spark's property that says how long, in seconds; a year where it is not
   *     set
   * @param meanwhile is called each tenth of a second; ends the waiting by throwing
   * @throws InterruptedException if this thread is interrupted
   */
  public Object ask(byte[] message, String property, Runnable meanwhile)
      throws InterruptedException {
    long limit = SparkEnv.get().conf().getTimeAsSeconds(property, "365d");
    RpcTimeout timeout = new RpcTimeout(Duration.apply(limit, TimeUnit.SECONDS), property);
    Future<Object> answer = endpoint.ask(message, timeout, ANY);
    while (!answer.isCompleted()) {
      meanwhile.run();
      try {
        Await.ready(answer, PATIENCE);
      } catch (TimeoutException e) {
        // Looked at again.
      }
    }
    return answer.value().get().get();
  }
}
