package dev.lockstep.evaluation.baselines;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.lockstep.data.Json;
import dev.lockstep.data.Task;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.models.Options;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Says the same of every row: the classes' shares, or the mean. What any model must beat. */
record Constant(LabelLayout label) implements Baseline {
  private static final String FILE = "shares.json";

  @Override
  public Scoring fit(Dataset<Row> rows) {
    Column weight = col(EncodedRows.WEIGHT);
    List<Column> sums = new ArrayList<>();
    if (label.task() == Task.REGRESSION) {
      sums.add(sum(weight.multiply(col(EncodedRows.LABEL))));
    }
    for (int c = 0; c < label.classes().size(); c++) {
      sums.add(sum(when(col(EncodedRows.LABEL).equalTo(lit((double) c)), weight).otherwise(0.0)));
    }
    Row found =
        rows.where(not(col(HELD_OUT)))
            .coalesce(1)
            .agg(sum(weight), sums.toArray(Column[]::new))
            .head();
    double[] shares = new double[sums.size()];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = found.getDouble(i + 1) / found.getDouble(0);
    }
    return scoring(shares);
  }

  private static Scoring scoring(double[] shares) {
    Column[] all = new Column[shares.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = lit(shares[i]);
    }
    return new Scoring(
        scored -> Vectors.scored(scored, array(all)),
        shares.length,
        (files, folder) -> Texts.write(files, new Path(folder, FILE), Json.line(shares)));
  }

  @Override
  public Scoring load(SparkSession spark, String folder) {
    return scoring(Json.read(Texts.read(spark, folder + "/" + FILE), double[].class));
  }

  /** The family {@code constant}. */
  public static final class Family implements BaselineFamily {
    @Override
    public String name() {
      return "constant";
    }

    @Override
    public Baseline create(Problem problem, Options options) {
      return new Constant(problem.label());
    }
  }
}
