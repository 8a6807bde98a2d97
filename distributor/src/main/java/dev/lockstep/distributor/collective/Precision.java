package dev.lockstep.distributor.collective;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How values travel between ranks; they are added in float32 whichever it is. */
public enum Precision {
  /** As they are. */
  @JsonProperty("float32")
  FLOAT32(Float.BYTES),
  /**
   * Rounded to the upper half of their bits, ties to even: the range of float32 with 8 bits of
   * precision (Kalamkar et al., "A Study of BFLOAT16 for Deep Learning Training", 2019).
   */
  @JsonProperty("bfloat16")
  BFLOAT16(Short.BYTES);

  private final int bytes;

  Precision(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of a value. */
  int bytes() {
    return bytes;
  }
}
