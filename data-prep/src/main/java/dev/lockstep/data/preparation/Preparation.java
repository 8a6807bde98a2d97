package dev.lockstep.data.preparation;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Sha256;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.FeatureFitting;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.features.PlacedRows;
import dev.lockstep.data.progress.Phase;
import dev.lockstep.data.progress.PhaseListener;
import dev.lockstep.data.progress.SparkPhase;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.split.Split;
import dev.lockstep.data.split.Splitting;
import dev.lockstep.data.sql.HashableColumns;
import dev.lockstep.data.sql.Identifiers;
import dev.lockstep.data.sql.SqlExpression;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** From a table to encoded rows: pin, check, split, fit on the train split, encode. */
public final class Preparation {
  private Preparation() {}

  /**
   * Prepares data.
   *
   * @param transform the numeric transform where the specification says {@code auto}
   * @throws LockstepException if something in the specification or the table is wrong
   */
  public static PreparedData prepare(SparkSession spark, DataSpec spec, String transform) {
    return prepare(spark, spec, transform, PhaseListener.NONE);
  }

  /**
   * Prepares data, as {@link #prepare(SparkSession, DataSpec, String)}.
   *
   * @param listener hears how far it has come
   */
  public static PreparedData prepare(
      SparkSession spark, DataSpec spec, String transform, PhaseListener listener) {
    listener.progressed(Phase.begun("reading " + spec.table()));
    Snapshot snapshot = snapshot(spark, spec);
    Dataset<Row> table = filtered(snapshot.read(spark), spec.table(), spec.where());
    SchemaCheck check = new SchemaCheck(spec, table.schema());
    List<String> warnings = new ArrayList<>();
    FeatureFitting.Columns columns =
        LargeIntegers.separated(snapshot.read(spark), spec, check.columns(), warnings);
    List<String> used = check.used(columns);
    check.leftOut(columns).ifPresent(warnings::add);
    if (spec.unique()) {
      table = UniqueKeys.of(table, spec, warnings);
    }
    List<String> all = HashableColumns.of(table.schema());
    Column split = new Splitting(spec.split(), spec.key(), all, spec.label()).of(table);
    Dataset<Row> rows = placed(table, used, split);
    String pinned = snapshot.id() + " " + snapshot.version();
    String testTable = spec.split().testTable();
    Optional<Snapshot> testSnapshot = testSnapshot(spark, spec);
    Optional<Dataset<Row>> apart =
        testSnapshot.map(test -> filtered(test.read(spark), testTable, spec.where()));
    if (testSnapshot.isPresent()) {
      Snapshot test = testSnapshot.get();
      pinned += " " + test.id() + " " + test.version();
      check.checkTestTable(apart.get().schema(), columns);
      rows =
          rows.where(not(PlacedRows.split().eqNullSafe(Split.TEST.column())))
              .unionByName(placed(apart.get(), used, lit(Split.TEST.column())));
    }
    if (!spec.key().isEmpty() && (spec.split().column() != null || apart.isPresent())) {
      GroupLeakage.in(table, split, apart, spec.key()).ifPresent(warnings::add);
    }
    long likely = (long) (snapshot.rows() * spec.split().trainShare());
    long read = snapshot.rows() + testSnapshot.map(Snapshot::rows).orElse(0L);
    String inputs = pinned + " " + snapshot.schemaHash() + Json.line(spec.unpinned());
    return new PreparedData(
        snapshot,
        testSnapshot,
        new Rows(rows, columns, Set.of(Split.TRAIN, Split.TEST), likely, inputs)
            .prepared(spec, transform, Optional.empty(), warnings, read, listener));
  }

  /**
   * Prepares the rows of a dataset, none of which is a test row.
   *
   * @param spec what it is learned from, as of a table; its {@code table} is what errors call the
   *     dataset, and its split says the share of the validation rows
   * @param validation a column of booleans that says which rows validate instead; null for none
   * @param inputs identifies the dataset's rows, as far as that can be known
   * @param transform as {@link #prepare(SparkSession, DataSpec, String)}
   * @param known the features as they were learned before; empty to learn them from the train rows
   * @throws LockstepException if something in the specification or the dataset is wrong
   */
  public static PreparedRows prepare(
      Dataset<Row> dataset,
      DataSpec spec,
      String validation,
      String inputs,
      String transform,
      Optional<FeatureModel> known) {
    List<String> warnings = new ArrayList<>();
    SchemaCheck check = new SchemaCheck(spec, dataset.schema());
    FeatureFitting.Columns columns =
        LargeIntegers.separated(dataset, spec, check.columns(), warnings);
    List<String> all =
        HashableColumns.of(dataset.schema()).stream().filter(c -> !c.equals(validation)).toList();
    Column split;
    if (validation == null) {
      split = new Splitting(spec.split(), spec.key(), all, spec.label()).of(dataset);
    } else {
      split =
          when(col(Identifiers.quoted(validation)), Split.VALIDATION.column())
              .otherwise(Split.TRAIN.column());
      if (!spec.key().isEmpty()) {
        GroupLeakage.in(dataset, split, Optional.empty(), spec.key()).ifPresent(warnings::add);
      }
    }
    // What names a row must not depend on which split it is in.
    Dataset<Row> rows =
        PlacedRows.of(dataset, check.used(columns), split, HashableColumns.rowHash(all));
    long count = dataset.count();
    long likely = (long) (count * spec.split().trainShare());
    String identity = inputs + Sha256.of(dataset.schema().json()) + Json.line(spec);
    return new Rows(rows, columns, Set.of(Split.TRAIN), likely, identity)
        .prepared(spec, transform, known, warnings, count, PhaseListener.NONE);
  }

  /**
   * Rows whose splits are known.
   *
   * @param rows {@link PlacedRows}
   * @param columns the features' columns
   * @param needed the splits that must have rows
   * @param likely about how many train rows there are; a bad guess costs time and memory only
   * @param inputs identifies the rows' source and its specification
   */
  private record Rows(
      Dataset<Row> rows,
      FeatureFitting.Columns columns,
      Set<Split> needed,
      long likely,
      String inputs) {
    /**
     * Fits the features on the train split and encodes all rows.
     *
     * @param read number of rows that are read from storage
     */
    PreparedRows prepared(
        DataSpec spec,
        String transform,
        Optional<FeatureModel> known,
        List<String> warnings,
        long read,
        PhaseListener listener) {
      RowCheck check = new RowCheck(spec, columns.numeric(), needed);
      Dataset<Row> usable = check.usable(rows, warnings);
      FeatureFitting fitting =
          SparkPhase.ofRows(rows.sparkSession(), "reading " + spec.table(), read, listener)
              .run(() -> new FeatureFitting(spec, columns, usable, likely));
      try {
        Map<Split, Long> counts = check.counts(fitting.tally(), usable);
        List<String> leaking = new ArrayList<>();
        FeatureModel features =
            known
                .map(model -> model.of(spec.label(), spec.weight()))
                .orElseGet(
                    () -> {
                      boolean byNetwork = spec.features().transformByNetwork();
                      FeatureFitting.Fitted fitted =
                          fitting.fit(
                              byNetwork ? transform : spec.features().transform(), listener);
                      check.labels(fitting.tally());
                      warnings.addAll(fitted.warnings());
                      leaking.addAll(fitted.leaking());
                      return fitted.model();
                    });
        known.ifPresent(model -> check.labels(fitting.tally(), model.label()));
        if (counts.getOrDefault(Split.VALIDATION, 0L) == 0) {
          warnings.add(
              "there is no validation split: training runs all its epochs and keeps the last");
        }
        return new PreparedRows(
            features,
            usable,
            fitting.training(features),
            EncodedRows.of(rows.sparkSession(), fitting.encoded(features)),
            counts,
            warnings,
            leaking,
            Sha256.of(inputs + features.sha256()),
            fitting.kept());
      } catch (RuntimeException e) {
        fitting.kept().unpersist(false);
        throw e;
      }
    }
  }

  /**
   * The version of the table that is read.
   *
   * @throws LockstepException if there is no such table or version, or its files are gone
   */
  public static Snapshot snapshot(SparkSession spark, DataSpec spec) {
    return Snapshot.resolve(spark, spec.table(), spec.version(), spec.timestamp());
  }

  /** The version of the table of test rows, where they have one of their own; as the other. */
  public static Optional<Snapshot> testSnapshot(SparkSession spark, DataSpec spec) {
    return Optional.ofNullable(spec.split().testTable())
        .map(table -> Snapshot.resolve(spark, table, spec.split().testVersion(), null));
  }

  static Dataset<Row> filtered(Dataset<Row> rows, String table, String where) {
    return where == null ? rows : rows.where(SqlExpression.of(rows, where, "'where' for " + table));
  }

  /** The columns that are used, with the split and the place of their rows. */
  private static Dataset<Row> placed(Dataset<Row> rows, List<String> used, Column split) {
    Column hash = HashableColumns.rowHash(HashableColumns.of(rows.schema()));
    return PlacedRows.of(rows, used, split, hash);
  }
}
