package dev.lockstep.evaluation.demo;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.exp;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import dev.lockstep.data.recipe.Prepare;
import dev.lockstep.data.recipe.PrepareOptions;
import dev.lockstep.data.recipe.PrepareReport;
import dev.lockstep.data.recipe.Recipe;
import io.delta.tables.DeltaTable;
import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Customers and what they bought, as Delta tables that grow as such tables do. Chance is a hash of
 * what it is about, so the shop is the same every time.
 */
public final class Shop {
  /** With it an update of the features computes only the customers that changed. */
  private static final String FEED = "delta.enableChangeDataFeed";

  private static final LocalDate OPENED = LocalDate.of(2026, 1, 1);

  /** So many make a demo of a minute. */
  public static final int CUSTOMERS = 4_000;

  private static final int DAYS = 180;
  private static final int FIRST_LOAD = 100;
  private static final long BUCKETS = 1_000_003;

  private final SparkSession spark;
  private final int size;
  private final String customers;
  private final String events;

  /**
   * A shop in a folder.
   *
   * @param size number of customers
   */
  public Shop(SparkSession spark, String folder, int size) {
    this.spark = spark;
    this.size = size;
    this.customers = folder + "/customers";
    this.events = folder + "/events";
  }

  String customers() {
    return customers;
  }

  /** Makes the features of a recipe, or brings them up to date. */
  public PrepareReport prepare(String text) {
    Recipe recipe = Recipe.parse(text, "recipe.yaml");
    return new Prepare(spark, recipe, text, new PrepareOptions(recipe.output(), false, false))
        .run();
  }

  /** The events' table. */
  public String events() {
    return events;
  }

  /** Four commits to the events: two loads, late corrections, a load with a new column. */
  public void open() {
    people().coalesce(1).write().format("delta").option(FEED, true).save(customers);
    write(bought(0, FIRST_LOAD).drop("channel"));
    write(bought(FIRST_LOAD, 130).drop("channel"));
    correct("refund");
    write(bought(130, DAYS));
  }

  /** One more load and more corrections, after the experiment was pinned. */
  public void trade() {
    write(bought(DAYS, DAYS + 20));
    correct("late refund");
  }

  private void write(Dataset<Row> rows) {
    rows.coalesce(2)
        .write()
        .format("delta")
        .mode("append")
        .option(FEED, true)
        .option("mergeSchema", true)
        .save(events);
  }

  /** Refunds that arrived late: some amounts were too high. */
  private void correct(String why) {
    Dataset<Row> late =
        spark
            .read()
            .format("delta")
            .load(events)
            .where(chance(why, col("event_id")).lt(0.02))
            .select(col("event_id"), round(col("amount").multiply(0.5), 2).as("amount"));
    DeltaTable.forPath(spark, events)
        .as("events")
        .merge(late.as("late"), "events.event_id = late.event_id")
        .whenMatched()
        .updateExpr(java.util.Map.of("amount", "late.amount"))
        .execute();
  }

  /** A number in [0, 1) that belongs to what it is about. */
  private static Column chance(String name, Column about) {
    return pmod(xxhash64(lit(name), about), lit(BUCKETS)).divide(lit((double) BUCKETS));
  }

  private static Column pick(Column chance, String... words) {
    Column[] all = new Column[words.length];
    for (int i = 0; i < words.length; i++) {
      all[i] = lit(words[i]);
    }
    return element_at(array(all), chance.multiply(words.length).cast("int").plus(1));
  }

  private Dataset<Row> people() {
    Column id = col("customer_id");
    return spark
        .range(size)
        .withColumnRenamed("id", "customer_id")
        .withColumn("region", pick(chance("region", id), "north", "south", "east", "west"))
        .withColumn("plan", pick(chance("plan", id), "basic", "basic", "plus", "family"))
        .withColumn(
            "since",
            date_add(
                lit(java.sql.Date.valueOf(OPENED)),
                chance("since", id).multiply(-900).cast("int")));
  }

  /** What was bought from one day to another. */
  private Dataset<Row> bought(int from, int to) {
    Column id = col("customer_id");
    Column day = col("day");
    Column eagerness = chance("eager", id).multiply(0.35).plus(0.05);
    Column plan = pick(chance("plan", id), "basic", "basic", "plus", "family");
    Column region = pick(chance("region", id), "north", "south", "east", "west");
    Column risk =
        lit(0.45)
            .plus(when(plan.equalTo("basic"), 0.25).otherwise(-0.1))
            .minus(when(region.equalTo("east").and(plan.equalTo("plus")), 0.3).otherwise(0.0))
            .minus(chance("since", id).multiply(0.3));
    Column leaving = chance("leaves", id).lt(risk);
    Column end = when(leaving, chance("end", id).multiply(200).plus(60)).otherwise(10_000);
    Column fading = greatest(lit(0.0), least(lit(1.0), end.minus(day).divide(45.0)));
    Dataset<Row> all =
        spark
            .range((long) from * size, (long) to * size)
            .withColumnRenamed("id", "event_id")
            .withColumn("customer_id", col("event_id").mod(size))
            .withColumn("day", col("event_id").divide(size).cast("int"));
    Column spend = exp(chance("spend", id).multiply(1.5).plus(chance("amount", col("event_id"))));
    return all.where(chance("buys", col("event_id")).lt(eagerness.multiply(fading)))
        .withColumn("amount", round(spend.multiply(5).multiply(fading.plus(0.5)), 2))
        .withColumn("bought_on", date_add(lit(java.sql.Date.valueOf(OPENED)), day))
        .withColumn("channel", pick(chance("channel", col("event_id")), "web", "app", "store"))
        .select("event_id", "customer_id", "bought_on", "amount", "channel");
  }
}
