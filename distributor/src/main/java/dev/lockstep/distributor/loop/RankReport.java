package dev.lockstep.distributor.loop;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What a rank tells the driver while it trains. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
@JsonSubTypes({
  @JsonSubTypes.Type(RankReport.Stepped.class),
  @JsonSubTypes.Type(RankReport.EpochEnded.class),
  @JsonSubTypes.Type(RankReport.Checkpointed.class)
})
public sealed interface RankReport {
  /** How it gets on. */
  record Stepped(StepReport step) implements RankReport {}

  /**
   * An epoch has ended; one rank speaks for all.
   *
   * @param step how the rank got on in it
   * @param epoch what it came to
   */
  record EpochEnded(StepReport step, EpochReport epoch) implements RankReport {}

  /** The checkpoint after so many steps is written; one rank speaks for all. */
  record Checkpointed(long step) implements RankReport {}
}
