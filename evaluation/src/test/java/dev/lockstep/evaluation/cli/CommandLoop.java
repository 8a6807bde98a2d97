package dev.lockstep.evaluation.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.apache.spark.sql.SparkSession;

/** Commands in one JVM and one Spark application, one a line of standard input. */
public final class CommandLoop {
  /** Stands between the words of a command. */
  public static final String BETWEEN = "\t";

  /** Begins the line that ends a command's output; the exit code follows. */
  public static final String ENDED = "ended with ";

  private CommandLoop() {}

  /** Runs until standard input ends. */
  public static void main(String[] arguments) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(ENDED + LockstepCommand.run(line.split(BETWEEN)));
    }
    SparkSession.active().stop();
    System.exit(0);
  }
}
