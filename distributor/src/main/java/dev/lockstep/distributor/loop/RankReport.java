package dev.lockstep.distributor.loop;

import java.util.Optional;

/**
 * What a rank tells the driver while it trains.
 *
 * @param step how it gets on
 * @param epoch the epoch, if it has just ended
 */
public record RankReport(StepReport step, Optional<EpochReport> epoch) {}
