package dev.lockstep.evaluation.cli;

import dev.lockstep.evaluation.board.BoardFile;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.QuickLedger;
import dev.lockstep.evaluation.ledger.RunRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** The board of a ledger, written without Spark where that is possible. */
final class WrittenBoard {
  private WrittenBoard() {}

  static BoardFile write(CommonOptions options, String ledger, int limit, Optional<String> output) {
    Optional<Map<String, String>> alone = options.hadoopAlone();
    Optional<List<RunRecord>> quick =
        alone.flatMap(hadoop -> new QuickLedger(ledger, hadoop).runs(limit));
    if (quick.isPresent()) {
      Configuration hadoop = new Configuration();
      alone.get().forEach(hadoop::set);
      return BoardFile.write(ledger, quick.get(), output, hadoop);
    }
    SparkSession spark = CommandSession.of(options);
    return BoardFile.write(
        ledger,
        new Ledger(spark, ledger).runs("", limit),
        output,
        spark.sessionState().newHadoopConf());
  }
}
