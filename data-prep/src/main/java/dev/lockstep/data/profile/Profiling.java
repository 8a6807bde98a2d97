package dev.lockstep.data.profile;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import dev.lockstep.data.features.PlacedRows;
import dev.lockstep.data.internal.spark.InternalRows;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.split.Split;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.catalyst.InternalRow;

/** Looks at prepared rows in two passes, whatever the number of columns. */
final class Profiling {
  private static final int MOST_VALUES = 8;

  private final PreparedData data;
  private final List<ProfiledColumn> columns;

  Profiling(PreparedData data) {
    this.data = data;
    this.columns = ProfiledColumn.of(data);
  }

  DataProfile profile(EarlierVersion.Found earlier) {
    JavaRDD<InternalRow> rows = rows();
    Ranges ranges = rows.treeAggregate(new Ranges(columns), Ranges::add, Ranges::add);
    Binning binning = new Binning(columns, ranges);
    BinCounts counts =
        rows.treeAggregate(new BinCounts(binning), (c, row) -> c.add(binning, row), BinCounts::add);
    List<ColumnProfile> profiles = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      profiles.add(column(i, ranges, binning, counts));
    }
    Map<String, List<Long>> labels = new LinkedHashMap<>();
    for (Split split : BinCounts.SPLITS) {
      labels.put(split.column(), counts.labels(split));
    }
    long apart = data.testSnapshot().isPresent() ? data.rows(Split.TEST) : 0;
    return new DataProfile(
        ranges.rows(),
        data.snapshot().rows() - (ranges.rows() - apart),
        profiles,
        new LabelBalance(columns.get(0).candidates(), labels),
        earlier.drift(),
        earlier.reason(),
        data.features().dates());
  }

  /** Rows of doubles and strings, and the number of the split. */
  private JavaRDD<InternalRow> rows() {
    List<Column> values = new ArrayList<>(columns.stream().map(ProfiledColumn::value).toList());
    Column split = lit(null).cast("int");
    for (int i = 0; i < BinCounts.SPLITS.size(); i++) {
      split =
          when(PlacedRows.split().equalTo(BinCounts.SPLITS.get(i).column()), i).otherwise(split);
    }
    values.add(split);
    return InternalRows.of(data.sourceRows().select(values.toArray(Column[]::new))).toJavaRDD();
  }

  private ColumnProfile column(int i, Ranges ranges, Binning binning, BinCounts counts) {
    ProfiledColumn column = columns.get(i);
    Optional<Numbers> numbers = Optional.empty();
    if (column.number() && ranges.missing(i) < ranges.rows()) {
      double mean = counts.mean(i, binning);
      numbers = Optional.of(new Numbers(ranges.least(i), mean, ranges.greatest(i), counts.rows(i)));
    }
    List<ValueCount> frequent = List.of();
    if (!column.number()) {
      frequent =
          counts.fullest(i).stream()
              .limit(MOST_VALUES)
              .map(bin -> new ValueCount(column.candidates().get(bin), counts.rows(i).get(bin)))
              .toList();
    }
    return new ColumnProfile(
        column.name(),
        column.role(),
        column.type().simpleString(),
        ranges.missing(i),
        ranges.distinct(i),
        numbers,
        frequent);
  }
}
