package dev.lockstep.distributor.preflight;

import java.io.Serializable;
import java.util.List;

/**
 * What one executor found about itself.
 *
 * @param executor its id and host, as a person looks for it
 * @param tasks how many tasks it ran at the same time
 * @param library libtorch's version, or empty
 * @param libraryError why libtorch does not work; empty if it does
 * @param unreachable the executors that cannot be reached, and why
 * @param diskFree bytes that may be written to its local folder
 * @param disk that folder
 * @param diskError why nothing can be written there; empty if it can
 * @param memoryFree bytes of memory that nothing uses
 * @param heapFree bytes of Java's heap that nothing uses
 * @param outputError why it cannot write where the job does; empty if it can
 * @param clock its clock when it ended, in milliseconds
 */
record ProbeReport(
    String executor,
    int tasks,
    String library,
    String libraryError,
    List<String> unreachable,
    long diskFree,
    String disk,
    String diskError,
    long memoryFree,
    long heapFree,
    String outputError,
    long clock)
    implements Serializable {
  private static final long serialVersionUID = 1;
}
