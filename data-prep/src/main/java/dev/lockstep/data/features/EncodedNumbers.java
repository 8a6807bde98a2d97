package dev.lockstep.data.features;

import java.util.ArrayList;
import java.util.Arrays;
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

  /** Not serializable; made where rows are encoded. */
  private transient List<NumericFeature.Transform> transforms;

  EncodedNumbers(List<NumericFeature> features) {
    this.features = new ArrayList<>(features);
  }

  @Override
  public Vector call(Seq<Double> numbers) {
    float[] encoded =
        NumericFeature.encoded(
            features,
            transforms(),
            i -> {
              Double number = numbers.apply(i);
              return number == null ? Double.NaN : number;
            });
    double[] values = new double[encoded.length];
    Arrays.setAll(values, i -> encoded[i]);
    return Vectors.dense(values);
  }

  private List<NumericFeature.Transform> transforms() {
    List<NumericFeature.Transform> made = transforms;
    if (made == null) {
      made = features.stream().map(NumericFeature::transform).toList();
      transforms = made;
    }
    return made;
  }
}
