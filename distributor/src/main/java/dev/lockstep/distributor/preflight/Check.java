package dev.lockstep.distributor.preflight;

import java.util.List;

/** Something to look at before a job begins. */
@FunctionalInterface
public interface Check {
  /** What is found, a finding a thing; what is wrong is found, not thrown. */
  List<Finding> examine();
}
