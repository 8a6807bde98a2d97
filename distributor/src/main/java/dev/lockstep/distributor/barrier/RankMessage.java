package dev.lockstep.distributor.barrier;

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
    /** What went wrong on the rank, and does not end it. */
    WARNING,
    /** What all ranks are to know. */
    GATHERED,
    /** The rank failed; another attempt may succeed. */
    FAILED,
    /** The rank failed, and would again: the job is to end. */
    HOPELESS
  }

  String encode() {
    return rank + " " + attempt + " " + kind + " " + text;
  }

  static RankMessage decode(String message) {
    String[] fields = message.split(" ", 4);
    return new RankMessage(
        Integer.parseInt(fields[0]),
        Integer.parseInt(fields[1]),
        Kind.valueOf(fields[2]),
        fields[3]);
  }
}
