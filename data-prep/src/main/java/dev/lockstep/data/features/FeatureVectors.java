package dev.lockstep.data.features;

import static org.apache.spark.sql.functions.concat;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.attribute.NumericAttribute;
import org.apache.spark.ml.functions;
import org.apache.spark.sql.Column;

/** Encoded features in the one vector that Spark ML's estimators want. */
public final class FeatureVectors {
  private FeatureVectors() {}

  /**
   * The vector: numbers, then category indices.
   *
   * @param numeric an array of numbers in the order of {@link FeatureLayout#numeric}
   * @param categorical an array of indices in the order of {@link FeatureLayout#categorical}
   */
  public static Column of(Column numeric, Column categorical) {
    return functions.array_to_vector(
        concat(numeric.cast("array<double>"), categorical.cast("array<double>")));
  }

  /**
   * What the entries of the vector are.
   *
   * @param column name of the vector's column
   * @param mostNominal categories with more indices are numbers to a tree, in the order of their
   *     frequency
   */
  public static AttributeGroup attributes(String column, FeatureLayout layout, int mostNominal) {
    List<Attribute> attributes = new ArrayList<>(numeric(layout));
    for (FeatureLayout.Categorical feature : layout.categorical()) {
      attributes.add(
          feature.size() <= mostNominal
              ? NominalAttribute.defaultAttr()
                  .withName(feature.name())
                  .withNumValues(feature.size())
              : NumericAttribute.defaultAttr().withName(feature.name()));
    }
    return new AttributeGroup(column, attributes.toArray(Attribute[]::new));
  }

  /** The numeric entries. */
  static List<Attribute> numeric(FeatureLayout layout) {
    return layout.numeric().stream()
        .<Attribute>map(f -> NumericAttribute.defaultAttr().withName(f.name()))
        .toList();
  }
}
