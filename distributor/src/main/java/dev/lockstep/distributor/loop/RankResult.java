package dev.lockstep.distributor.loop;

import dev.lockstep.models.PortableNetwork;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What a rank gives back to the driver.
 *
 * @param weightsSha256 SHA-256 of the weights, and of embeddings if they are sharded; the same on
 *     all ranks
 * @param bestEpoch the epoch whose weights were kept, from 1
 * @param stepLosses mean loss of each step that this attempt took, from rank 0 alone
 * @param history what each epoch came to
 * @param resumedAt steps that an earlier attempt had taken; 0 if there was none
 * @param network the network, from rank 0 of a training without a folder; otherwise null
 */
@SuppressWarnings("ArrayRecordComponent") // Compact on its way to the driver; never compared.
public record RankResult(
    String weightsSha256,
    int bestEpoch,
    double[] stepLosses,
    ArrayList<EpochReport> history,
    long resumedAt,
    PortableNetwork network)
    implements Serializable {
  RankResult(
      String weightsSha256,
      int bestEpoch,
      double[] stepLosses,
      List<EpochReport> history,
      long resumedAt) {
    this(weightsSha256, bestEpoch, stepLosses, new ArrayList<>(history), resumedAt, null);
  }

  /** The same with the SHA-256 of all that was trained. */
  RankResult withSha256(String sha256) {
    return new RankResult(sha256, bestEpoch, stepLosses, history, resumedAt, network);
  }

  /** The same with the network itself. */
  RankResult with(PortableNetwork trained) {
    return new RankResult(weightsSha256, bestEpoch, stepLosses, history, resumedAt, trained);
  }
}
