package dev.lockstep.data.features;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.attribute.NumericAttribute;
import org.apache.spark.sql.types.StructField;

/** The columns that an encoder adds: names, and attributes as Spark ML's estimators read them. */
record EncodedFields(FeatureEncoder encoder) {
  /**
   * The columns in their order: numbers, indices, label, all features.
   *
   * @param labelled whether the label is among them
   */
  List<StructField> all(boolean labelled) {
    FeatureModel model = encoder.model();
    Attribute[] numbers = FeatureVectors.numeric(model.layout()).toArray(Attribute[]::new);
    List<StructField> fields = new ArrayList<>();
    fields.add(new AttributeGroup(encoder.getNumericCol(), numbers).toStructField());
    model.categorical().forEach(feature -> fields.add(index(feature).toStructField()));
    if (labelled) {
      fields.add(label(model.label().classes()).toStructField());
    }
    fields.add(
        FeatureVectors.attributes(
                encoder.getFeaturesCol(), model.layout(), encoder.getMaxCategories())
            .toStructField());
    return fields;
  }

  private Attribute index(CategoricalFeature feature) {
    NominalAttribute index = NominalAttribute.defaultAttr().withName(encoder.indexCol(feature));
    if (feature.buckets() > 0) {
      return index.withNumValues(feature.size());
    }
    // Spark's OneHotEncoder names entries by them, and refuses empty names.
    return index.withValues(
        feature.names().stream().map(v -> v.isEmpty() ? "(empty)" : v).toArray(String[]::new));
  }

  private Attribute label(List<String> classes) {
    String name = encoder.getLabelCol();
    return classes.isEmpty()
        ? NumericAttribute.defaultAttr().withName(name)
        : NominalAttribute.defaultAttr().withName(name).withValues(classes.toArray(String[]::new));
  }
}
