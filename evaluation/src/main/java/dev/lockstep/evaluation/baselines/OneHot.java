package dev.lockstep.evaluation.baselines;

import dev.lockstep.data.features.FeatureLayout;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;

/** Features for linear models: numbers as they are, each category index a 0/1 entry. */
final class OneHot implements Serializable {
  private static final long serialVersionUID = 1;

  private final int numeric;
  private final int[] offsets;
  private final int width;

  OneHot(FeatureLayout layout) {
    numeric = layout.numeric().size();
    List<FeatureLayout.Categorical> categories = layout.categorical();
    offsets = new int[categories.size()];
    int at = numeric;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = at;
      at += categories.get(i).size();
    }
    width = at;
  }

  /** From the vector of all features to the wide one. */
  UserDefinedFunction function() {
    return functions.udf((Vector all) -> (Vector) expand(all), SQLDataTypes.VectorType());
  }

  private SparseVector expand(Vector all) {
    int[] indices = new int[numeric + offsets.length];
    double[] values = new double[indices.length];
    for (int i = 0; i < numeric; i++) {
      indices[i] = i;
      values[i] = all.apply(i);
    }
    for (int i = 0; i < offsets.length; i++) {
      indices[numeric + i] = offsets[i] + (int) all.apply(numeric + i);
      values[numeric + i] = 1;
    }
    return new SparseVector(width, indices, values);
  }
}
