package dev.lockstep.evaluation.mlflow;

import dev.lockstep.data.Json;
import dev.lockstep.data.Sha256;
import dev.lockstep.data.Task;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.snapshot.PinnedTable;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.evaluation.mlflow.MlflowApi.DataSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** A version of a Delta table, and what a model takes of it, in MLflow's words. */
final class DeltaInput {
  private static final int DIGEST = 16;
  private static final int LONGEST_NAME = 500;

  /** What servers store of a schema, in characters; a longer one is left out. */
  private static final int LONGEST_SCHEMA = 65_535;

  private DeltaInput() {}

  /** The data set that a version of a table is. */
  static DataSet of(Snapshot snapshot, StructType schema) {
    PinnedTable table = PinnedTable.of(snapshot);
    Map<String, Object> source = new LinkedHashMap<>();
    boolean named = table.address().equals(table.table());
    source.put("path", table.location());
    source.put("delta_table_name", named ? table.table() : null);
    source.put("delta_table_version", table.version());
    source.put("is_databricks_uc_table", false);
    source.put("delta_table_id", table.id());
    String columns = Json.line(Map.of("mlflow_colspec", columns(schema, List.of())));
    String name = table.table();
    return new DataSet(
        name.substring(Math.max(0, name.length() - LONGEST_NAME)),
        Sha256.of(table.id() + "@" + table.version()).substring(0, DIGEST),
        "delta_table",
        Json.line(source),
        columns.length() <= LONGEST_SCHEMA ? columns : null,
        Json.line(Map.of("num_rows", snapshot.rows(), "num_files", snapshot.files())));
  }

  /** The signature of a model with these features: its columns in, its predictions out. */
  static Map<String, Object> signature(FeatureModel features, StructType schema) {
    List<String> names =
        Stream.concat(features.numericColumns().stream(), features.categoricalColumns().stream())
            .toList();
    boolean regression = features.label().task() == Task.REGRESSION;
    Map<String, Object> output = new LinkedHashMap<>();
    output.put("type", regression ? "double" : "array");
    if (!regression) {
      output.put("items", Map.of("type", "double"));
    }
    output.put("name", "prediction");
    output.put("required", true);
    Map<String, Object> signature = new LinkedHashMap<>();
    signature.put("inputs", Json.line(columns(schema, names)));
    signature.put("outputs", Json.line(List.of(output)));
    signature.put("params", null);
    return signature;
  }

  /** Columns of these names, or all where none is named. */
  private static List<Map<String, Object>> columns(StructType schema, List<String> names) {
    return Stream.of(schema.fields())
        .filter(field -> names.isEmpty() || names.contains(field.name()))
        .map(DeltaInput::column)
        .toList();
  }

  private static Map<String, Object> column(StructField field) {
    Map<String, Object> column = new LinkedHashMap<>();
    column.put("type", type(field.dataType()));
    column.put("name", field.name());
    column.put("required", !field.nullable());
    return column;
  }

  private static String type(DataType type) {
    return switch (type.typeName().replaceFirst("\\(.*", "")) {
      case "boolean" -> "boolean";
      case "byte", "short", "integer" -> "integer";
      case "long" -> "long";
      case "float" -> "float";
      case "double", "decimal" -> "double";
      case "binary" -> "binary";
      case "date", "timestamp", "timestamp_ntz" -> "datetime";
      default -> "string";
    };
  }
}
