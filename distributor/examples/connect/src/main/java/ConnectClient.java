import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.connect.proto.Command;
import org.apache.spark.connect.proto.DataType;
import org.apache.spark.connect.proto.ExecutePlanResponse;
import org.apache.spark.connect.proto.Expression.Literal;
import org.apache.spark.connect.proto.MlCommand;
import org.apache.spark.connect.proto.MlCommandResult;
import org.apache.spark.connect.proto.MlOperator;
import org.apache.spark.connect.proto.MlOperator.OperatorType;
import org.apache.spark.connect.proto.MlParams;
import org.apache.spark.connect.proto.MlRelation;
import org.apache.spark.connect.proto.ObjectRef;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.connect.SparkSession;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;

/**
 * Trains, scores, saves and loads a network on a server of Spark Connect, from a client that has
 * neither Lockstep nor libtorch. Spark's client for the JVM has no classes for ML yet, so the few
 * messages of its protocol that are needed are made here; they are the same for all of Spark ML.
 */
public final class ConnectClient {
  private final SparkSession spark;

  private ConnectClient(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * Usage: SERVER TABLE MODEL SCORES ENCODER ENCODED, such as sc://localhost:15002 and folders of the server.
   *
   * @param args the server, a folder of Parquet files with people, and folders that are written
   */
  public static void main(String[] args) {
    SparkSession spark = SparkSession.builder().remote(args[0]).getOrCreate();
    ConnectClient client = new ConnectClient(spark);
    Dataset<Row> people = spark.read().parquet(args[1]);
    Map<String, Literal> params = new LinkedHashMap<>();
    params.put("numericCols", texts("age", "balance"));
    params.put("categoricalCols", texts("plan", "country"));
    params.put("labelCol", Literal.newBuilder().setString("churned").build());
    params.put("networkOptions", Literal.newBuilder().setString("hidden: [16]").build());
    params.put("epochs", Literal.newBuilder().setInteger(3).build());
    params.put("seed", Literal.newBuilder().setLong(1).build());
    ObjectRef fitted = client.fit("dev.lockstep.ml.NetworkClassifier", params, people);
    client.save(fitted, args[2]);
    ObjectRef loaded = client.load("dev.lockstep.ml.NetworkClassificationModel", args[2]);
    Dataset<Row> scored = client.transform(loaded, people);
    scored.select("id", "prediction").show(5);
    client
        .transform(fitted, people)
        .select("id", "rawPrediction", "probability", "prediction")
        .write()
        .parquet(args[3]);
    // What the network learned of the features is a stage of its own in the model's folder.
    String encoderClass = "dev.lockstep.data.features.FeatureEncoder";
    client.save(client.load(encoderClass, args[2] + "/features"), args[4]);
    client.transform(client.load(encoderClass, args[4]), people).write().parquet(args[5]);
    spark.close();
  }

  private static Literal texts(String... values) {
    return Literal.newBuilder()
        .setArray(
            Literal.Array.newBuilder()
                .setElementType(
                    DataType.newBuilder().setString(DataType.String.getDefaultInstance()))
                .addAllElements(
                    Arrays.stream(values)
                        .map(value -> Literal.newBuilder().setString(value).build())
                        .toList()))
        .build();
  }

  private ObjectRef fit(String estimator, Map<String, Literal> params, Dataset<Row> dataset) {
    return run(
            MlCommand.newBuilder()
                .setFit(
                    MlCommand.Fit.newBuilder()
                        .setEstimator(operator(estimator, OperatorType.OPERATOR_TYPE_ESTIMATOR))
                        .setParams(MlParams.newBuilder().putAllParams(params))
                        .setDataset(relation(dataset))))
        .getOperatorInfo()
        .getObjRef();
  }

  private void save(ObjectRef model, String path) {
    run(
        MlCommand.newBuilder()
            .setWrite(MlCommand.Write.newBuilder().setObjRef(model).setPath(path)));
  }

  private ObjectRef load(String model, String path) {
    return run(
            MlCommand.newBuilder()
                .setRead(
                    MlCommand.Read.newBuilder()
                        .setOperator(operator(model, OperatorType.OPERATOR_TYPE_MODEL))
                        .setPath(path)))
        .getOperatorInfo()
        .getObjRef();
  }

  private Dataset<Row> transform(ObjectRef model, Dataset<Row> dataset) {
    MlRelation scored =
        MlRelation.newBuilder()
            .setTransform(
                MlRelation.Transform.newBuilder().setObjRef(model).setInput(relation(dataset)))
            .build();
    return spark.newDataFrame(
        relation -> {
          relation.setMlRelation(scored);
          return BoxedUnit.UNIT;
        });
  }

  private static MlOperator operator(String name, OperatorType type) {
    return MlOperator.newBuilder().setName(name).setUid(name + "_1").setType(type).build();
  }

  private static org.apache.spark.connect.proto.Relation relation(Dataset<Row> dataset) {
    return ((org.apache.spark.sql.connect.Dataset<Row>) dataset).plan().getRoot();
  }

  private MlCommandResult run(MlCommand.Builder command) {
    List<ExecutePlanResponse> responses =
        CollectionConverters.asJava(
            spark.execute(Command.newBuilder().setMlCommand(command).build()));
    return responses.stream()
        .filter(ExecutePlanResponse::hasMlCommandResult)
        .map(ExecutePlanResponse::getMlCommandResult)
        .findFirst()
        .orElse(MlCommandResult.getDefaultInstance());
  }
}
