package dev.lockstep.ml;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.exp;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.sin;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Made-up people: whether they leave depends on their age, balance and plan, and on chance. */
final class People {
  private People() {}

  /** Columns id, age (some null), balance, plan, country, churned (0 or 1), spent, holdout, w. */
  static Dataset<Row> of(SparkSession spark, int rows) {
    Column age = unit("age").multiply(60).plus(18);
    Column balance = unit("balance").multiply(2000).minus(500);
    Column plan =
        array(lit("basic"), lit("plus"), lit("pro"))
            .getItem(pmod(xxhash64(lit(7), col("id")), lit(3)).cast("int"));
    Column score =
        age.minus(45)
            .divide(8)
            .plus(when(col("plan").equalTo("basic"), 2).otherwise(-1))
            .plus(sin(balance.divide(200)));
    return spark
        .range(rows)
        .toDF("id")
        .withColumn("age", when(pmod(col("id"), lit(17)).notEqual(0), age))
        .withColumn("balance", balance)
        .withColumn("plan", plan)
        .withColumn(
            "country",
            when(unit("country").lt(0.1), null).when(unit("country").lt(0.6), "de").otherwise("fr"))
        .withColumn(
            "churned",
            when(unit("chance").lt(lit(1).divide(exp(score.multiply(-1)).plus(1))), 1).otherwise(0))
        .withColumn("spent", score.multiply(100).plus(unit("noise").multiply(20)).plus(1000))
        .withColumn("holdout", unit("holdout").lt(0.2))
        .withColumn("w", unit("w").plus(0.5))
        .withColumn(
            "kind",
            when(col("plan").equalTo("basic"), 0.0)
                .when(col("plan").equalTo("plus"), 1.0)
                .otherwise(2.0));
  }

  /** A number in [0, 1) for each id. */
  private static Column unit(String of) {
    return pmod(xxhash64(lit(of), col("id")), lit(1_000_003)).divide(1_000_003.0);
  }

  /** A small network on two ranks that trains in a moment. */
  static NetworkClassifier classifier() {
    return new NetworkClassifier()
        .setNumericCols(new String[] {"age", "balance"})
        .setCategoricalCols(new String[] {"plan", "country"})
        .setLabelCol("churned")
        .setNetworkOptions("hidden: [16]")
        .setEpochs(3)
        .setSeed(1);
  }

  /** The same for numbers. */
  static NetworkRegressor regressor() {
    return new NetworkRegressor()
        .setNumericCols(new String[] {"age", "balance"})
        .setCategoricalCols(new String[] {"plan", "country"})
        .setLabelCol("spent")
        .setNetworkOptions("hidden: [16]")
        .setEpochs(3)
        .setSeed(1);
  }
}
