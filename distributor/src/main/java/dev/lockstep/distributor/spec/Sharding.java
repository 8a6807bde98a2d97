package dev.lockstep.distributor.spec;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What of a network is sharded over the ranks. All of them give the same weights, bit by bit; with
 * gradients as bfloat16 alone, {@link #NONE} gives others.
 */
public enum Sharding {
  /** Nothing: every rank holds everything and updates all of it (DDP). */
  @JsonProperty("none")
  @JsonAlias({"false", "no", "off"})
  NONE,
  /** The optimizer's state: a rank updates its part of the parameters (ZeRO stage 1). */
  @JsonProperty("optimizer")
  @JsonAlias({"true", "yes", "on"})
  OPTIMIZER,
  /**
   * Parameters, gradients and the optimizer's state: a rank holds its part, and a unit of the
   * network as a whole only while it computes with it (FSDP, ZeRO stage 3).
   */
  @JsonProperty("full")
  FULL;

  /**
   * Its word, such as {@code full}; {@code true} and {@code false} stand for the optimizer's state
   * and nothing.
   *
   * @throws IllegalArgumentException if it is none of them
   */
  @JsonCreator
  public static Sharding of(Object value) {
    if (value instanceof Boolean sharded) {
      return sharded ? OPTIMIZER : NONE;
    }
    return Arrays.stream(values())
        .filter(known -> known.toString().equals(value))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is none of %s".formatted(value, List.of(values()))));
  }

  /** Its word in an experiment file. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
