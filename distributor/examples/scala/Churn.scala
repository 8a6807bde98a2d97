import dev.lockstep.ml.NetworkClassifier
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator
import org.apache.spark.sql.SparkSession

/** The shortest use from Scala; its lines can be typed into spark-shell as well. */
object Churn {
  def main(args: Array[String]): Unit = {
    val spark = SparkSession.builder().appName("churn").getOrCreate()
    val people = spark
      .range(2000)
      .selectExpr(
        "id",
        "pmod(xxhash64('age', id), 60) + 18 as age",
        "element_at(array('basic', 'plus', 'pro'), cast(pmod(id, 3) as int) + 1) as plan")
      .selectExpr("*", "cast(age + 10 * pmod(id, 3) > 60 as int) as churned")
    val model = new NetworkClassifier()
      .setNumericCols(Array("age"))
      .setCategoricalCols(Array("plan"))
      .setLabelCol("churned")
      .setKeyCols(Array("id"))
      .setEpochs(10)
      .setLearningRate(0.01)
      .fit(people)
    val auc = new BinaryClassificationEvaluator()
      .setLabelCol("churned")
      .evaluate(model.transform(people))
    println(f"$model%s\nAUC $auc%.3f")
    spark.stop()
  }
}
