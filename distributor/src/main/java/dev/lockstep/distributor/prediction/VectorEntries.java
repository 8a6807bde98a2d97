package dev.lockstep.distributor.prediction;

import static org.apache.spark.sql.functions.array_size;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.raise_error;
import static org.apache.spark.sql.functions.when;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.sql.Identifiers;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.AttributeType;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The entries of a vector of features. Those with a nominal attribute, as a StringIndexer gives
 * them, are categories, all others numbers; NaN is missing.
 *
 * @param names a name for each entry
 * @param categorical places of the categories, ascending
 */
public record VectorEntries(List<String> names, List<Integer> categorical) implements Serializable {
  /** Each is a column of its own while features are fitted, which makes Spark's plan large. */
  private static final int MOST = 5000;

  private static final String ENTRIES = "lockstep entries";

  /** Copies the lists. */
  public VectorEntries {
    names = List.copyOf(names);
    categorical = List.copyOf(categorical);
  }

  /**
   * The entries of a column of vectors, by its attributes.
   *
   * @throws LockstepException if there are too many, or there is no row to tell how many
   */
  public static VectorEntries of(Dataset<Row> dataset, String column) {
    StructField field = dataset.schema().apply(column);
    AttributeGroup group = AttributeGroup.fromStructField(field);
    int size = group.size() >= 0 ? group.size() : sizeOf(dataset, column);
    if (size > MOST) {
      throw new LockstepException(
          "featuresCol '%s' has %,d entries; a network takes %,d at most from a vector"
              .formatted(column, size, MOST),
          "Leave out one-hot encoders: a network learns an embedding of each index, in the vector or as categoricalCols");
    }
    List<String> names = new ArrayList<>();
    List<Integer> categorical = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < size; i++) {
      Attribute attribute = group.attributes().isDefined() ? group.attributes().get()[i] : null;
      String given =
          attribute != null && attribute.name().isDefined()
              ? attribute.name().get()
              : String.valueOf(i);
      String name = "%s[%s]".formatted(column, taken.add(given) ? given : given + " " + i);
      names.add(name);
      if (attribute != null && attribute.attrType().equals(AttributeType.Nominal())) {
        categorical.add(i);
      }
    }
    return new VectorEntries(names, categorical);
  }

  /**
   * Refuses a column that holds no vectors.
   *
   * @throws LockstepException naming it
   */
  public static void checkType(StructType schema, String column) {
    DataType type = schema.apply(column).dataType();
    if (!type.equals(SQLDataTypes.VectorType())) {
      throw new LockstepException(
          "featuresCol '%s' is a column of type %s".formatted(column, type.simpleString()),
          "It must be a vector, as of a VectorAssembler");
    }
  }

  private static int sizeOf(Dataset<Row> dataset, String column) {
    List<Row> first =
        dataset
            .select(col(Identifiers.quoted(column)))
            .where(col(Identifiers.quoted(column)).isNotNull())
            .takeAsList(1);
    if (first.isEmpty()) {
      throw new LockstepException(
          "the dataset has no row with features in '%s'".formatted(column),
          "Check how it was filtered");
    }
    return first.get(0).<Vector>getAs(0).size();
  }

  /** Number of entries. */
  public int size() {
    return names.size();
  }

  /** Places of the numbers, ascending. */
  public List<Integer> numeric() {
    Set<Integer> others = new HashSet<>(categorical);
    return IntStream.range(0, size()).filter(i -> !others.contains(i)).boxed().toList();
  }

  /** Names of some entries. */
  public List<String> names(List<Integer> places) {
    return places.stream().map(names::get).toList();
  }

  /**
   * The dataset with a column for each entry, and without those that are not needed.
   *
   * @param column the vector's column
   * @param kept names of the other columns that are needed
   */
  public Dataset<Row> expanded(Dataset<Row> dataset, String column, List<String> kept) {
    List<Column> columns =
        new ArrayList<>(kept.stream().map(name -> col(Identifiers.quoted(name))).toList());
    Column vector = col(Identifiers.quoted(column));
    Column entries = functions.vector_to_array(vector, "float64");
    columns.add(
        when(vector.isNull(), raise_error(lit("featuresCol '%s' is null".formatted(column))))
            .otherwise(entries)
            .as(ENTRIES));
    Dataset<Row> arrays = dataset.select(columns.toArray(Column[]::new));
    columns.remove(columns.size() - 1);
    Set<Integer> nominal = new HashSet<>(categorical);
    Column array = col(Identifiers.quoted(ENTRIES));
    Column other =
        raise_error(
            concat(
                lit("featuresCol '%s' has %d entries, but in one row ".formatted(column, size())),
                array_size(array).cast("string")));
    arrays =
        arrays.withColumn(ENTRIES, when(array_size(array).equalTo(size()), array).otherwise(other));
    for (int i = 0; i < size(); i++) {
      Column number = array.getItem(i);
      Column present = when(not(isnan(number)), number);
      columns.add((nominal.contains(i) ? present.cast("int") : present).as(names.get(i)));
    }
    return arrays.select(columns.toArray(Column[]::new));
  }
}
