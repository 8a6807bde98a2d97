package dev.lockstep.data.features;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.api.java.UDF1;
import scala.collection.Seq;

/**
 * From the numbers of a row, null where they are missing, to the entries of {@link
 * FeatureLayout#numeric}: float32 values, as networks get them.
 */
final class EncodedNumbers implements UDF1<Seq<Double>, Vector> {
  private static final long serialVersionUID = 1;

  private final ArrayList<NumericFeature> features;
  private final int entries;

  /** Not serializable; made where rows are encoded. */
  private transient NumericFeature.Transform[] transforms;

  EncodedNumbers(List<NumericFeature> features) {
    this.features = new ArrayList<>(features);
    this.entries = NumericFeature.entries(features);
  }

  @Override
  public Vector call(Seq<Double> numbers) {
    NumericFeature.Transform[] apply = transforms();
    double[] encoded = new double[entries];
    int entry = 0;
    for (int i = 0; i < apply.length; i++) {
      NumericFeature feature = features.get(i);
      Double number = numbers.apply(i);
      boolean missing = number == null || number.isNaN();
      encoded[entry++] = (float) apply[i].apply(missing ? feature.median() : number);
      if (feature.missing()) {
        encoded[entry++] = missing ? 1 : 0;
      }
    }
    return Vectors.dense(encoded);
  }

  private NumericFeature.Transform[] transforms() {
    NumericFeature.Transform[] made = transforms;
    if (made == null) {
      made =
          features.stream().map(NumericFeature::transform).toArray(NumericFeature.Transform[]::new);
      transforms = made;
    }
    return made;
  }
}
