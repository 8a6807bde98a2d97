package dev.lockstep.data.features;

import static dev.lockstep.data.sql.Identifiers.quoted;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;

import dev.lockstep.data.LockstepException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A {@link FeatureModel} as a stage of a Spark ML pipeline. It reads the table's own columns, keeps
 * all columns, and adds
 *
 * <ul>
 *   <li>{@code numericCol}: a vector of the encoded numbers, and indicators of missing ones,
 *   <li>for each categorical feature its name and {@code indexSuffix}: a double, with what the
 *       indices stand for in its attribute,
 *   <li>{@code labelCol}, if the table has the label: a double, the class index or the number; null
 *       where the label is missing or of no known class,
 *   <li>{@code featuresCol}: the vector of all of it but the label.
 * </ul>
 *
 * The values are those that networks get, in every bit. A default name that a column has which the
 * model reads begins with {@code encoded_}.
 */
public final class FeatureEncoder extends Model<FeatureEncoder> implements MLWritable {
  /** The number of bins that Spark ML's trees have by default, and so of categories they can. */
  private static final int MOST_CATEGORIES = 32;

  private final String uid;
  private final FeatureModel model;
  private final Param<String> numericCol;
  private final Param<String> indexSuffix;
  private final Param<String> labelCol;
  private final Param<String> featuresCol;
  private final IntParam maxCategories;

  /** An encoder with default names of its columns. */
  public FeatureEncoder(FeatureModel model) {
    this(Identifiable$.MODULE$.randomUID("featureEncoder"), model);
  }

  /** For Spark Connect's server, which makes one to learn of the class; it encodes nothing. */
  public FeatureEncoder() {
    this(Identifiable$.MODULE$.randomUID("featureEncoder"));
  }

  /** As {@link #FeatureEncoder()}, of a given uid. */
  public FeatureEncoder(String uid) {
    this(uid, null);
  }

  FeatureEncoder(String uid, FeatureModel model) {
    this.uid = uid;
    this.model = model;
    numericCol = new Param<>(this, "numericCol", "name of the vector of encoded numbers");
    indexSuffix = new Param<>(this, "indexSuffix", "what follows a feature's name in its index's");
    labelCol = new Param<>(this, "labelCol", "name of the encoded label");
    featuresCol = new Param<>(this, "featuresCol", "name of the vector of all features");
    maxCategories =
        new IntParam(
            this,
            "maxCategories",
            "a feature of more indices is a number in the vector of all features, by frequency",
            ParamValidators.gtEq(0));
    setDefault(numericCol, unread("numeric"));
    setDefault(indexSuffix, "_index");
    setDefault(labelCol, unread("label"));
    setDefault(featuresCol, unread("features"));
    setDefault(maxCategories, MOST_CATEGORIES);
  }

  private String unread(String name) {
    if (model == null) {
      return name;
    }
    Stream<String> features =
        Stream.concat(
            model.numeric().stream().map(NumericFeature::name),
            model.categorical().stream().map(CategoricalFeature::name));
    Stream<String> others = Stream.of(model.source().label(), model.source().weight());
    return Stream.concat(features, others).anyMatch(name::equalsIgnoreCase)
        ? "encoded_" + name
        : name;
  }

  /** An encoder that was saved alone. */
  public static FeatureEncoder load(String path) {
    return read().load(path);
  }

  /** Reads what {@link #write} has written. */
  public static MLReader<FeatureEncoder> read() {
    return new EncoderFiles.Reader();
  }

  @Override
  public MLWriter write() {
    return new EncoderFiles.Writer(this);
  }

  /** What was learned. */
  public FeatureModel model() {
    if (model == null) {
      throw new IllegalStateException(uid + " has learned nothing: load an encoder");
    }
    return model;
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Name of the vector of encoded numbers. */
  public Param<String> numericCol() {
    return numericCol;
  }

  /** What follows a categorical feature's name in the name of its index. */
  public Param<String> indexSuffix() {
    return indexSuffix;
  }

  /** Name of the encoded label. */
  public Param<String> labelCol() {
    return labelCol;
  }

  /** Name of the vector of all features. */
  public Param<String> featuresCol() {
    return featuresCol;
  }

  /** Features of more indices are numbers in the vector of all features, by frequency. */
  public IntParam maxCategories() {
    return maxCategories;
  }

  /** Sets {@link #numericCol()}. */
  public FeatureEncoder setNumericCol(String name) {
    set(numericCol, name);
    return this;
  }

  /** Sets {@link #indexSuffix()}. */
  public FeatureEncoder setIndexSuffix(String suffix) {
    set(indexSuffix, suffix);
    return this;
  }

  /** Sets {@link #labelCol()}. */
  public FeatureEncoder setLabelCol(String name) {
    set(labelCol, name);
    return this;
  }

  /** Sets {@link #featuresCol()}. */
  public FeatureEncoder setFeaturesCol(String name) {
    set(featuresCol, name);
    return this;
  }

  /** Sets {@link #maxCategories()}, no more than the bins of the trees that come after. */
  public FeatureEncoder setMaxCategories(int most) {
    set(maxCategories, most);
    return this;
  }

  /** Name of the vector of encoded numbers. */
  public String getNumericCol() {
    return getOrDefault(numericCol);
  }

  /** Name of the encoded label. */
  public String getLabelCol() {
    return getOrDefault(labelCol);
  }

  /** Name of the vector of all features. */
  public String getFeaturesCol() {
    return getOrDefault(featuresCol);
  }

  /** More indices make a feature a number in the vector of all features. */
  public int getMaxCategories() {
    return (Integer) getOrDefault(maxCategories);
  }

  /** Names of the categorical features' indices, for Spark ML's {@code OneHotEncoder}. */
  public String[] indexCols() {
    return model().categorical().stream().map(this::indexCol).toArray(String[]::new);
  }

  String indexCol(CategoricalFeature feature) {
    return feature.name() + getOrDefault(indexSuffix);
  }

  @Override
  public FeatureEncoder copy(ParamMap extra) {
    FeatureEncoder copy = copyValues(new FeatureEncoder(uid, model), extra);
    return copy.setParent(parent());
  }

  /**
   * The columns of the encoded dataset.
   *
   * @throws LockstepException if a column is missing, is no number where one was learned from, or
   *     has the name of an added one
   */
  @Override
  public StructType transformSchema(StructType schema) {
    model().checkColumns(schema, "the dataset");
    StructType encoded = schema;
    for (StructField field : added(schema)) {
      if (Arrays.stream(encoded.fieldNames()).anyMatch(field.name()::equalsIgnoreCase)) {
        throw new LockstepException(
            "the dataset has a column '%s', a name that the feature encoder gives a column it adds"
                .formatted(field.name()),
            "Set its numericCol, indexSuffix, labelCol or featuresCol to another name");
      }
      encoded = encoded.add(field);
    }
    return encoded;
  }

  private List<StructField> added(StructType schema) {
    return new EncodedFields(this).all(labelled(schema));
  }

  private boolean labelled(StructType schema) {
    return List.of(schema.fieldNames()).contains(model.source().label());
  }

  /**
   * Encodes rows.
   *
   * @throws LockstepException as {@link #transformSchema}
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    FeatureColumns columns = new FeatureColumns(model(), dataset.schema());
    List<Column> values = new ArrayList<>();
    values.add(columns.numeric());
    model().categorical().forEach(feature -> values.add(columns.index(feature)));
    if (labelled(dataset.schema())) {
      values.add(columns.label());
    }
    Column[] indices =
        Arrays.stream(indexCols()).map(name -> col(quoted(name))).toArray(Column[]::new);
    Column all =
        FeatureVectors.of(
            functions.vector_to_array(col(quoted(getNumericCol())), "float64"), array(indices));
    List<StructField> fields = added(dataset.schema());
    List<Column> kept = new ArrayList<>(List.of(col("*")));
    for (int i = 0; i < values.size(); i++) {
      kept.add(described(values.get(i), fields.get(i)));
    }
    return dataset
        .select(kept.toArray(Column[]::new))
        .select(col("*"), described(all, fields.get(values.size())));
  }

  private static Column described(Column column, StructField field) {
    return column.as(field.name(), field.metadata());
  }
}
