package dev.lockstep.distributor.bench;

/**
 * What lies between two ranks.
 *
 * @param name its name
 * @param tripMs time of a message that holds next to nothing
 * @param messageMs what each further rank adds to a trip: a message to send and one to receive
 * @param bytesPerMs bytes in a millisecond that a rank sends while it receives as many
 */
public record Link(String name, double tripMs, double messageMs, double bytesPerMs) {
  private static final double BYTES_PER_MS_AND_GBIT = 125_000;

  /**
   * A network on paper, with the software as measured.
   *
   * @param gbit its rate in Gbit/s
   * @param roundTripMs its round trip
   * @param measured a link of which the software's own share is known: no rank sends faster
   */
  public static Link onPaper(double gbit, double roundTripMs, Link measured) {
    return new Link(
        "%s Gbit/s, %s ms".formatted(shortly(gbit), shortly(roundTripMs)),
        roundTripMs / 2,
        measured.messageMs(),
        Math.min(gbit * BYTES_PER_MS_AND_GBIT, measured.bytesPerMs()));
  }

  private static String shortly(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }

  /** Time until a rank has heard from all others. */
  double trip(int ranks) {
    return tripMs + (ranks - 1) * messageMs;
  }
}
