package dev.lockstep.models;

import java.io.IOException;
import java.io.OutputStream;

/** Writes the weights of a network, wherever they are, as {@link Weights} has them. */
@FunctionalInterface
public interface WeightsWriter {
  /**
   * Writes them.
   *
   * @return SHA-256 of what was written, in hexadecimal
   */
  String write(OutputStream out) throws IOException;
}
