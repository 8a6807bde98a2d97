package dev.lockstep.data.internal.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.ExprId;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.GetStructField;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression$;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.MapPartitions;
import org.apache.spark.sql.catalyst.plans.logical.SerializeFromObject;
import org.apache.spark.sql.classic.Dataset$;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.Some;
import scala.collection.AbstractIterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/**
 * A dataset with more columns, computed for many rows at once where the rows lie: a map, for
 * batches and for streams. {@code Dataset.mapPartitions} would make Java objects of every value of
 * every column; here a row passes through as the bytes that Spark has.
 */
public final class AddedColumns {
  /** Place of a row's own columns in what comes out. */
  private static final int KEPT = 0;

  /** Place of the new columns. */
  private static final int ADDED = 1;

  private AddedColumns() {}

  /** Computes the new columns of a partition. */
  @FunctionalInterface
  public interface Computation extends Serializable {
    /**
     * Computes them.
     *
     * @param rows the dataset's columns, then those that are read beside them; each row stays as it
     *     is
     * @return a row of new columns for each, in the same order; none may be asked for before as
     *     many have been read as are given back
     */
    Iterator<InternalRow> of(Iterator<InternalRow> rows);
  }

  /**
   * Adds columns.
   *
   * @param beside what the computation gets of each row beside the dataset's columns
   * @param added the new columns
   */
  public static Dataset<Row> to(
      Dataset<?> dataset, List<Column> beside, StructType added, Computation computation) {
    List<Column> all = new ArrayList<>(List.of(col("*")));
    for (int i = 0; i < beside.size(); i++) {
      all.add(beside.get(i).as("lockstep " + i));
    }
    Dataset<Row> packed = dataset.select(struct(all.toArray(Column[]::new)).as("row"));
    LogicalPlan child = packed.queryExecution().analyzed();
    StructType kept = (StructType) packed.schema().apply("row").dataType();
    StructType both = new StructType().add("kept", kept, false).add("added", added, false);
    AttributeReference made =
        new AttributeReference("row", both, false, Metadata.empty(), id(), none());
    List<NamedExpression> columns = new ArrayList<>();
    // The same attributes as before, so that a column of the dataset is found in what comes out.
    List<Attribute> before =
        CollectionConverters.asJava(dataset.queryExecution().analyzed().output());
    for (int i = 0; i < before.size(); i++) {
      Attribute own = before.get(i);
      columns.add(
          new Alias(
              field(both, KEPT, i),
              own.name(),
              own.exprId(),
              own.qualifier(),
              new Some<>(own.metadata()),
              none()));
    }
    for (int i = 0; i < added.size(); i++) {
      StructField field = added.fields()[i];
      columns.add(
          new Alias(
              field(both, ADDED, i),
              field.name(),
              id(),
              none(),
              new Some<>(field.metadata()),
              none()));
    }
    LogicalPlan plan =
        new SerializeFromObject(
            seq(columns), new MapPartitions(new Pass(computation), made, child));
    return Dataset$.MODULE$.ofRows((SparkSession) dataset.sparkSession(), plan);
  }

  /** How many bytes a row has; 0 where it is not in Spark's own form. */
  public static long bytes(InternalRow row) {
    return row instanceof UnsafeRow own ? own.getSizeInBytes() : 0;
  }

  private static Expression field(StructType rows, int part, int place) {
    // Bound already: that is how Spark takes what makes columns of an object.
    BoundReference row = new BoundReference(0, rows, false);
    return new GetStructField(new GetStructField(row, part, Option.empty()), place, Option.empty());
  }

  private static ExprId id() {
    return NamedExpression$.MODULE$.newExprId();
  }

  private static scala.collection.immutable.Seq<String> none() {
    return seq(List.of());
  }

  private static <T> scala.collection.immutable.Seq<T> seq(List<T> list) {
    return CollectionConverters.asScala(list).toSeq();
  }

  /** The computation, with each row's own columns beside the new ones. */
  private static final class Pass
      extends AbstractFunction1<
          scala.collection.Iterator<Object>, scala.collection.Iterator<Object>>
      implements Serializable {
    private static final long serialVersionUID = 1;

    private final Computation computation;

    Pass(Computation computation) {
      this.computation = computation;
    }

    @Override
    public scala.collection.Iterator<Object> apply(scala.collection.Iterator<Object> rows) {
      ArrayDeque<InternalRow> waiting = new ArrayDeque<>();
      Iterator<InternalRow> read =
          new Iterator<>() {
            @Override
            public boolean hasNext() {
              return rows.hasNext();
            }

            @Override
            public InternalRow next() {
              // Spark uses the memory of a row again for the next.
              InternalRow row = ((InternalRow) rows.next()).copy();
              waiting.add(row);
              return row;
            }
          };
      Iterator<InternalRow> added = computation.of(read);
      return new AbstractIterator<Object>() {
        @Override
        public boolean hasNext() {
          return added.hasNext();
        }

        @Override
        public Object next() {
          InternalRow more = added.next();
          return new GenericInternalRow(new Object[] {waiting.remove(), more});
        }
      };
    }
  }
}
