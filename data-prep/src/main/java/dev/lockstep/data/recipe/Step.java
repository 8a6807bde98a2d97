package dev.lockstep.data.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A step of a recipe: adds columns to the rows, or takes some away. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
@JsonSubTypes({
  @JsonSubTypes.Type(value = Step.Aggregate.class, name = "aggregate"),
  @JsonSubTypes.Type(value = Step.Outcome.class, name = "outcome"),
  @JsonSubTypes.Type(value = Step.Join.class, name = "join"),
  @JsonSubTypes.Type(value = Step.AsOf.class, name = "asOf"),
  @JsonSubTypes.Type(value = Step.Earlier.class, name = "earlier"),
  @JsonSubTypes.Type(value = Step.Derive.class, name = "derive"),
  @JsonSubTypes.Type(value = Step.Where.class, name = "where"),
  @JsonSubTypes.Type(value = Step.Drop.class, name = "drop")
})
public sealed interface Step {
  /** A step that reads a source. */
  sealed interface Reading extends Step permits Aggregate, Outcome, Join, AsOf {
    /** Name of the source. */
    String source();

    /** How its rows belong to rows. */
    On on();
  }

  /**
   * Measures of the source's rows before the row's time: from {@code time - window} on, and always
   * before {@code time} itself.
   *
   * @param source name of a source with a time
   * @param by how its rows belong to rows
   * @param windows lengths of time, each for features of its own whose names end with it, such as
   *     {@code spent_7d}; none for all of the past
   * @param earlier columns that the source's rows get before, by name, from those of the same
   *     {@code by} before them in time
   * @param features measures by name
   */
  record Aggregate(
      String source,
      On by,
      List<Period> windows,
      Map<String, RowMeasure> earlier,
      Map<String, Measure> features)
      implements Reading {
    /** Copies the collections and checks that there is something to do. */
    public Aggregate {
      need("aggregate.source", source);
      need("aggregate.by", by);
      windows = windows == null ? List.of() : List.copyOf(windows);
      earlier = ordered(earlier);
      features = ordered(features);
      need("aggregate.features", features.isEmpty() ? null : features);
    }

    @Override
    public On on() {
      return by;
    }
  }

  /**
   * Measures of the source's rows from the row's time on: what a label is made of. They and all
   * that is derived of them stay out of the feature table, but for the recipe's label.
   *
   * @param source name of a source with a time
   * @param by how its rows belong to rows
   * @param within how long after the row's time; its end is not part of it
   * @param features measures by name
   */
  record Outcome(String source, On by, Period within, Map<String, Measure> features)
      implements Reading {
    /** Copies the measures and checks that all is said. */
    public Outcome {
      need("outcome.source", source);
      need("outcome.by", by);
      need("outcome.within", within);
      features = ordered(features);
      need("outcome.features", features.isEmpty() ? null : features);
    }

    @Override
    public On on() {
      return by;
    }
  }

  /**
   * Columns of a dimension table, which has one row for each value of {@code on}; missing where it
   * has none.
   *
   * @param source name of the source
   * @param on how its rows belong to rows
   * @param columns what is taken of it
   */
  record Join(String source, On on, Columns columns) implements Reading {
    /** Checks that all is said. */
    public Join {
      need("join.source", source);
      need("join.on", on);
      need("join.columns", columns);
    }
  }

  /**
   * Columns of the source's latest row whose time is not after the row's time; of several at the
   * same moment, the one with the greatest values.
   *
   * @param source name of a source with a time
   * @param on how its rows belong to rows
   * @param columns what is taken of it
   * @param within how old it may be at most; null for any age
   */
  record AsOf(String source, On on, Columns columns, Period within) implements Reading {
    /** Checks that all is said. */
    public AsOf {
      need("asOf.source", source);
      need("asOf.on", on);
      need("asOf.columns", columns);
    }
  }

  /**
   * Lags and rolling statistics over the rows themselves, in order of their time and key.
   *
   * @param by rows that agree in these columns belong together, at least one column
   * @param features measures of earlier rows by name
   */
  record Earlier(List<String> by, Map<String, RowMeasure> features) implements Step {
    /** Copies the collections and checks that all is said. */
    public Earlier {
      need("earlier.by", by == null || by.isEmpty() ? null : by);
      by = List.copyOf(by);
      features = ordered(features);
    }
  }

  /**
   * Columns from SQL expressions of the row's own columns, those derived before included.
   *
   * @param columns name to expression
   */
  record Derive(@JsonValue Map<String, String> columns) implements Step {
    /** Copies the expressions; their order stays. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Derive {
      columns = ordered(columns);
    }
  }

  /**
   * Keeps the rows that meet a condition.
   *
   * @param condition in SQL
   */
  record Where(@JsonValue String condition) implements Step {
    /** Checks that it is said. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Where {
      need("where", condition);
    }
  }

  /**
   * Takes columns away.
   *
   * @param columns their names
   */
  record Drop(@JsonValue List<String> columns) implements Step {
    /** Copies the names. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Drop {
      columns = List.copyOf(columns);
    }
  }

  /** The source that it reads, if any. */
  default Optional<String> reads() {
    return this instanceof Reading reading ? Optional.of(reading.source()) : Optional.empty();
  }

  private static void need(String name, Object value) {
    if (value == null) {
      throw new IllegalArgumentException("'" + name + "' is missing");
    }
  }

  private static <T> Map<String, T> ordered(Map<String, T> map) {
    return map == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
