package dev.lockstep.data.recipe;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.sql.SqlExpression;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.expressions.WindowSpec;

/** Lags and rolling statistics. */
final class Earlier {
  private Earlier() {}

  /**
   * Adds measures of earlier rows.
   *
   * @param ordered rows that belong together, in a total order
   */
  static Stage of(Stage stage, WindowSpec ordered, Map<String, RowMeasure> features) {
    stage.refuseTaken(features.keySet());
    Stage done = stage;
    for (Map.Entry<String, RowMeasure> feature : features.entrySet()) {
      String name = feature.getKey();
      Column value =
          SqlExpression.of(stage.rows(), feature.getValue().of(), "feature '" + name + "'");
      if (stage.looksAhead(value)) {
        throw new LockstepException(
            "feature '%s' uses what happens after the time of earlier rows".formatted(name),
            "That may not be known yet at the row's own time: leave it out");
      }
      done = done.with(done.rows().withColumn(name, feature.getValue().over(ordered, value)));
    }
    return done;
  }
}
