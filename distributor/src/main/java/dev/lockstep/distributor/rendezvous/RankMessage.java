package dev.lockstep.distributor.rendezvous;

import java.nio.charset.StandardCharsets;

/**
 * What a rank tells the driver.
 *
 * @param rank the rank
 * @param attempt the attempt, from 0
 * @param kind what is told
 * @param text in words, or in the words of whoever reports
 */
record RankMessage(int rank, int attempt, Kind kind, String text) {
  /** Kinds of message. */
  enum Kind {
    /** What the rank is doing. */
    REPORT,
    /** What a person should read, though nothing went wrong. */
    NOTE,
    /** What went wrong on the rank, and does not end it. */
    WARNING,
    /** What all ranks are to know. */
    GATHERED,
    /** The rank failed; another attempt may succeed. */
    FAILED,
    /** The rank failed, and would again: the job is to end. */
    HOPELESS
  }

  /** As bytes: Spark logs what it cannot deliver, and a text may hold the attempt's secret. */
  byte[] encode() {
    return (rank + " " + attempt + " " + kind + " " + text).getBytes(StandardCharsets.UTF_8);
  }

  static RankMessage decode(byte[] message) {
    String[] fields = new String(message, StandardCharsets.UTF_8).split(" ", 4);
    return new RankMessage(
        Integer.parseInt(fields[0]),
        Integer.parseInt(fields[1]),
        Kind.valueOf(fields[2]),
        fields[3]);
  }

  /** Without what ranks tell each other. */
  @Override
  public String toString() {
    return "%s of rank %d in attempt %d".formatted(kind, rank, attempt);
  }
}
