import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import dev.lockstep.ml.NetworkClassifier;
import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.ModelFamily;
import dev.lockstep.models.Options;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A network of one's own, of DJL's blocks. It is found by {@code
 * META-INF/services/dev.lockstep.models.ModelFamily}, by its name, in experiment files as in
 * programs.
 */
public final class TwoLayers implements ModelFamily {
  @Override
  public String name() {
    return "two-layers";
  }

  @Override
  public Block build(FeatureSchema schema, int outputs, Map<String, Object> options) {
    Options given = new Options(name(), options);
    int units = given.whole("units", 32, 1, 4096);
    given.refuseOthers();
    return new SequentialBlock()
        .add(new LambdaBlock(TwoLayers::inputs, "inputs"))
        .add(Linear.builder().setUnits(units).build())
        .add(Activation.reluBlock())
        .add(Linear.builder().setUnits(outputs).build());
  }

  /** Numbers {@code [batch, numeric]} beside the categories' indices as numbers. */
  private static NDList inputs(NDList features) {
    NDArray indices = features.get(1).toType(DataType.FLOAT32, false);
    return new NDList(features.get(0).concat(indices, 1));
  }

  /** Trains it on made-up rows. */
  public static void main(String[] args) {
    SparkSession spark = SparkSession.builder().appName("own network").getOrCreate();
    Dataset<Row> rows =
        spark
            .range(2000)
            .selectExpr(
                "pmod(xxhash64('a', id), 1000) / 1000.0D as a",
                "pmod(xxhash64('b', id), 1000) / 1000.0D as b")
            .selectExpr("a", "b", "cast(a > b as int) as label");
    System.out.println(
        new NetworkClassifier()
            .setNetwork("two-layers")
            .setNetworkOptions("units: 16")
            .setNumericCols(new String[] {"a", "b"})
            .setEpochs(5)
            .setLearningRate(0.01)
            .fit(rows)
            .history());
    spark.stop();
  }
}
