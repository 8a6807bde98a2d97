package dev.lockstep.evaluation.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A made-up Delta table of people who left or stayed, and experiments on it. */
final class People {
  private People() {}

  static void write(SparkSession spark, String table, int count) {
    Random random = new Random(11);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double age = 20 + random.nextInt(45);
      double salary = 30_000 + random.nextInt(50_000);
      double score = (age - 35) / 8 + (salary - 50_000) / 20_000 + random.nextGaussian();
      String team = "ABCDE".substring(i % 5, i % 5 + 1);
      rows.add(RowFactory.create((long) i, age, salary, team, score > 0 ? "yes" : "no"));
    }
    StructType schema =
        new StructType()
            .add("person_id", DataTypes.LongType)
            .add("age", DataTypes.DoubleType)
            .add("salary", DataTypes.DoubleType)
            .add("team", DataTypes.StringType)
            .add("left", DataTypes.StringType);
    spark.createDataFrame(rows, schema).repartition(2).write().format("delta").save(table);
  }

  /**
   * An MLP on two ranks, a linear baseline and XGBoost on two ranks.
   *
   * @param training further keys of {@code training}, each after a comma
   */
  static String experiment(String table, String output, int epochs, String training) {
    return """
        table: %s
        version: 0
        task: binary
        label: left
        key: person_id
        model: {name: mlp, hidden: [16]}
        training: {ranks: 2, epochs: %d, batch: 64%s}
        baselines: [linear, {name: xgboost, trees: 5, ranks: 2}]
        seed: 1
        output: %s
        """
        .formatted(table, epochs, training, output);
  }
}
