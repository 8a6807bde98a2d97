package dev.lockstep.data.internal.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.CaseWhen;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.XxHash64;
import org.apache.spark.sql.execution.vectorized.ColumnVectorUtils;
import org.apache.spark.sql.execution.vectorized.ConstantColumnVector;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.unsafe.types.UTF8String;
import scala.Option;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What is done with a scan's batches. A column that the scan has is passed on; a number of another
 * type and a hash of many columns are computed column by column; a choice between words is computed
 * as a number; all else is computed by Spark, row by row, from the scan's columns and the hash.
 *
 * @param condition which rows are kept, over the scan's columns; null for all
 * @param hash a hash that expressions have in common; null where there is none
 * @param outputs the columns of the result
 */
record ScanSteps(Expression condition, ColumnHash hash, List<Output> outputs)
    implements Serializable {
  private static final Literal NOTHING = new Literal(null, DataTypes.LongType);

  ScanSteps {
    outputs = List.copyOf(outputs);
  }

  /** A column of the result. */
  sealed interface Output extends Serializable {}

  /** A column of the scan. */
  record Passed(int column) implements Output {}

  /** A column of the scan as doubles. */
  record Widened(int column) implements Output {}

  /** The hash. */
  record Hashed() implements Output {}

  /** The same in every row. */
  record Constant(Literal literal) implements Output {
    ColumnVector of(int rows) {
      ConstantColumnVector column = new ConstantColumnVector(rows, literal.dataType());
      Object[] value = {literal.value()};
      ColumnVectorUtils.populate(column, new GenericInternalRow(value), 0);
      return column;
    }
  }

  /**
   * One of a few words, which Spark chooses by their places.
   *
   * @param place an int
   */
  record Chosen(Expression place, WordDictionary words) implements Output {}

  /** Computed by Spark; the hash is the column after the scan's. */
  record Computed(Expression expression) implements Output {}

  /**
   * The steps of expressions.
   *
   * @param condition which rows are kept; null for all
   * @param expressions the columns; those of the scan in them are bound to their places
   * @param width number of the scan's columns
   */
  static ScanSteps of(Expression condition, List<Expression> expressions, int width) {
    Optional<Expression> hash =
        expressions.stream().filter(e -> ColumnHash.of(e).isPresent()).findFirst();
    List<Output> outputs = new ArrayList<>();
    for (Expression expression : expressions) {
      outputs.add(output(expression, hash, width));
    }
    return new ScanSteps(condition, hash.flatMap(ColumnHash::of).orElse(null), outputs);
  }

  /**
   * The same steps, but some columns are not computed.
   *
   * @param places of columns of the result, which are null in every row
   */
  ScanSteps without(Set<Integer> places) {
    List<Output> some = new ArrayList<>(outputs);
    places.forEach(place -> some.set(place, new Constant(NOTHING)));
    // A computed column may be computed of the hash.
    boolean hashed =
        some.stream()
            .anyMatch(o -> o instanceof Hashed || o instanceof Chosen || o instanceof Computed);
    return new ScanSteps(condition, hashed ? hash : null, some);
  }

  private static Output output(Expression expression, Optional<Expression> hash, int width) {
    BoundReference result = new BoundReference(width, DataTypes.LongType, false);
    if (expression instanceof BoundReference column) {
      return new Passed(column.ordinal());
    }
    if (expression instanceof Cast cast
        && cast.child() instanceof BoundReference column
        && cast.dataType().equals(DataTypes.DoubleType)
        && Widening.isOf(column.dataType())) {
      return new Widened(column.ordinal());
    }
    if (hash.isPresent() && expression.semanticEquals(hash.get())) {
      return new Hashed();
    }
    if (expression instanceof Literal literal) {
      return new Constant(literal);
    }
    Expression whole =
        hash.map(
                h ->
                    ScanQuery.replaced(
                        expression,
                        part -> part instanceof XxHash64 && part.semanticEquals(h) ? result : null))
            .orElse(expression);
    return whole instanceof CaseWhen cases
        ? chosen(cases).orElseGet(() -> new Computed(cases))
        : new Computed(whole);
  }

  /** A choice between words; none if it is between something else. */
  private static Optional<Output> chosen(CaseWhen cases) {
    List<Tuple2<Expression, Expression>> branches =
        new ArrayList<>(CollectionConverters.asJava(cases.branches()));
    if (cases.elseValue().isEmpty()) {
      return Optional.empty();
    }
    branches.add(new Tuple2<>(null, cases.elseValue().get()));
    List<UTF8String> words = new ArrayList<>();
    for (Tuple2<Expression, Expression> branch : branches) {
      if (!(branch._2() instanceof Literal literal && literal.value() instanceof UTF8String word)
          || !literal.dataType().equals(DataTypes.StringType)) {
        return Optional.empty();
      }
      branches.set(words.size(), new Tuple2<>(branch._1(), place(words.size())));
      words.add(word);
    }
    Expression last = branches.remove(words.size() - 1)._2();
    return Optional.of(
        new Chosen(
            new CaseWhen(CollectionConverters.asScala(branches).toSeq(), Option.apply(last)),
            new WordDictionary(words)));
  }

  private static Expression place(int place) {
    return new Literal(place, DataTypes.IntegerType);
  }
}
