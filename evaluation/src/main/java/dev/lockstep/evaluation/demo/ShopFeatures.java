package dev.lockstep.evaluation.demo;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.lockstep.data.snapshot.Snapshot;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/** A customer's features as of the cut-off, and whether it bought nothing in the weeks after. */
final class ShopFeatures {
  private static final int WEEKS = 12;
  private static final int AFTER_DAYS = 28;

  private ShopFeatures() {}

  /** Features from pinned snapshots. */
  static Dataset<Row> of(SparkSession spark, Snapshot events, Snapshot customers) {
    Column cutoff = lit(java.sql.Date.valueOf(Shop.CUTOFF));
    Dataset<Row> all = events.read(spark).withColumn("age", datediff(cutoff, col("bought_on")));
    Dataset<Row> before = all.where(col("age").gt(0).and(col("age").leq(7 * WEEKS)));
    Dataset<Row> totals =
        before
            .groupBy("customer_id")
            .agg(
                count(lit(1)).as("purchases"),
                sum("amount").as("spent"),
                avg("amount").as("mean_amount"),
                org.apache.spark.sql.functions.min("age").as("days_since_last"),
                max("age").as("days_since_first"),
                sum(when(col("channel").equalTo("app"), 1).otherwise(0)).as("app_purchases"));
    Dataset<Row> after =
        all.where(col("age").leq(0).and(col("age").gt(-AFTER_DAYS)))
            .select("customer_id")
            .distinct()
            .withColumn("stayed", lit(1));
    return totals
        .join(trend(before), "customer_id")
        .join(broadcast(customers.read(spark)), "customer_id")
        .join(after, new String[] {"customer_id"}, "left")
        .withColumn("tenure_days", datediff(cutoff, col("since")))
        .withColumn("left", when(col("stayed").isNull(), "yes").otherwise("no"))
        .drop("stayed", "since");
  }

  /** The last week's spending and how it compares with the weeks before, by window lags. */
  private static Dataset<Row> trend(Dataset<Row> before) {
    WindowSpec byCustomer = Window.partitionBy("customer_id").orderBy(col("week").desc());
    Dataset<Row> weeks =
        before
            .withColumn("week", floor(col("age").minus(1).divide(7)))
            .groupBy("customer_id", "week")
            .agg(sum("amount").as("week_spent"), count(lit(1)).as("week_purchases"))
            .withColumn("earlier_spent", lag("week_spent", 1).over(byCustomer))
            .withColumn("earlier_purchases", lag("week_purchases", 2).over(byCustomer));
    Column recent = col("week").lt(3);
    return weeks
        .groupBy("customer_id")
        .agg(
            sum(when(recent, col("week_spent")).otherwise(0.0)).as("spent_3_weeks"),
            sum(when(recent, col("week_purchases")).otherwise(0)).as("purchases_3_weeks"),
            avg(col("week_spent").minus(coalesce(col("earlier_spent"), lit(0.0))))
                .as("weekly_change"),
            max("earlier_purchases").as("most_purchases_earlier"));
  }
}
