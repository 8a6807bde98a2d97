package dev.lockstep.data.profile;

import dev.lockstep.data.features.DateFeature;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.spec.DataSpec;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * What the data of an experiment is like. It depends on neither files nor partitions.
 *
 * @param rows number of rows that are used, in all splits
 * @param leftOut number of the pinned version's rows that are not, be it by {@code where}, by
 *     {@code onBadRow} or because their key has another row
 * @param columns the columns that are used, the label first
 * @param balance the label by split
 * @param drift how the pinned version differs from an earlier one; empty where there is none to be
 *     read
 * @param noDrift why there is no drift; empty where there is
 * @param dates the columns of dates that are features with their cycles; none in results of an
 *     earlier release
 */
public record DataProfile(
    long rows,
    long leftOut,
    List<ColumnProfile> columns,
    LabelBalance balance,
    Optional<Drift> drift,
    Optional<String> noDrift,
    List<DateFeature> dates) {
  /** Copies the lists. */
  public DataProfile {
    columns = List.copyOf(columns);
    dates = dates == null ? List.of() : List.copyOf(dates);
    if (drift.isPresent() == noDrift.isPresent()) {
      throw new IllegalStateException("expected either a drift or why there is none");
    }
  }

  /**
   * Looks at prepared data: twice at its rows, and once at each of the two versions for the drift.
   *
   * @param spec what was prepared
   */
  public static DataProfile of(SparkSession spark, DataSpec spec, PreparedData data) {
    return new Profiling(data).profile(new EarlierVersion(spark, spec, data).drift());
  }

  /** The label. */
  public ColumnProfile label() {
    return columns.get(0);
  }
}
