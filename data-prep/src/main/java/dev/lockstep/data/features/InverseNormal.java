package dev.lockstep.data.features;

/**
 * The inverse of the standard normal distribution function, to about seven digits: algorithm PPND7
 * of Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution", Applied
 * Statistics 37 (1988). What is encoded is float32, which holds no more.
 */
final class InverseNormal {
  private static final double CENTRE = 0.425;
  private static final double CENTRE_SQUARED = 0.180625;
  private static final double FAR = 5;
  private static final double NEAR = 1.6;

  private InverseNormal() {}

  /**
   * The value below which a share of a standard normal distribution lies.
   *
   * @param share in {@code (0, 1)}
   */
  static double of(double share) {
    double q = share - 0.5;
    if (Math.abs(q) <= CENTRE) {
      double r = CENTRE_SQUARED - q * q;
      return q
          * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)
          / (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1);
    }
    double r = Math.sqrt(-Math.log(q < 0 ? share : 1 - share));
    double distance = r <= FAR ? near(r - NEAR) : far(r - FAR);
    return q < 0 ? -distance : distance;
  }

  private static double near(double r) {
    return (((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777)
        / ((0.12021132975 * r + 0.73700164250) * r + 1);
  }

  private static double far(double r) {
    return (((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150)
        / ((0.012258202635 * r + 0.24197894225) * r + 1);
  }
}
