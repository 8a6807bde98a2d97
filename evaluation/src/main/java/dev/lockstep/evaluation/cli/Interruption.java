package dev.lockstep.evaluation.cli;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SignalUtils;
import picocli.CommandLine;
import scala.Option;

/**
 * A signal that ends the program: one line says so and what a person can do. The JVM then ends as
 * it does without us, with 128 and the signal's number, and Spark's shutdown hooks stop what it has
 * started; what fails thereby is nothing that a person has to read.
 */
final class Interruption {
  /** A file system that does not answer must not keep the program from ending. */
  private static final long LIMIT_SECONDS = 5;

  private static final String AGAIN = "Run the command again";

  /** What the exit codes of signals begin after. */
  private static final int SIGNALS = 128;

  private volatile int code;
  private volatile CommandLine line;

  /** Listens to SIGINT and SIGTERM from now on, while a command line runs. */
  void watch(CommandLine running) {
    line = running;
    SignalUtils.register("INT", () -> end("SIGINT", 2));
    SignalUtils.register("TERM", () -> end("SIGTERM", 15));
  }

  /** Whether there was such a signal. */
  boolean happened() {
    return code != 0;
  }

  /** The exit code of a program that such a signal has ended; else the given one. */
  int code(int otherwise) {
    return happened() ? code : otherwise;
  }

  /** Returns false: the JVM is to do what it does at such a signal. */
  private boolean end(String signal, int number) {
    code = SIGNALS + number;
    Optional<CommonOptions> options = Commands.options(Commands.running(line));
    options.ifPresent(o -> o.progress().silence());
    String wayOut = options.map(Interruption::wayOut).orElse(AGAIN);
    System.err.println("lockstep: ended by " + signal + ". " + wayOut);
    System.err.flush();
    hush();
    return false;
  }

  /** What Spark logs of jobs that end with it is nothing that a person has to read, either. */
  private void hush() {
    if (!Commands.hasSpark(line)) {
      return;
    }
    Option<SparkSession> session = SparkSession.getDefaultSession();
    if (session.isDefined() && !session.get().sparkContext().isStopped()) {
      session.get().sparkContext().setLogLevel("OFF");
    }
  }

  private static String wayOut(CommonOptions options) {
    try {
      return CompletableFuture.supplyAsync(options::wayOut).get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return AGAIN;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return AGAIN;
    }
  }
}
