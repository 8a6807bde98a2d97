package dev.lockstep.data.proposal;

import dev.lockstep.data.profile.TableFacts.ColumnFacts;
import dev.lockstep.data.proposal.ProposedColumn.Role;
import dev.lockstep.data.sql.ColumnValues;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.NumericType;

/**
 * What a column that is neither label nor key is proposed to be.
 *
 * @param rows number of the table's rows
 * @param unique whether no two rows have the same value of a column; asked only where it matters
 */
record ColumnRule(long rows, Predicate<String> unique) {
  /** Beyond it values have fewer than two rows on average: nothing is learned of one. */
  private static final double NEARLY_UNIQUE = 0.5;

  /** A count of distinct values may be so far off. */
  static final double MAYBE_UNIQUE = 0.85;

  /** Rows with numbers that are not finite are dropped, unless they are more than this share. */
  private static final double FEW = 0.01;

  /** So many pairs of rows would have one value if numbers of their range were drawn by chance. */
  private static final double COLLISIONS = 10;

  /** Categories of more values are cut to the most frequent ones. */
  private static final int MOST_CATEGORIES = 10_000;

  /** Last words of names of columns that name what a row is about. */
  private static final Set<String> KEYS = Set.of("id", "uuid", "guid", "key", "number", "nr", "no");

  /** Last words of names of columns whose numbers name something else. */
  private static final Set<String> CODES =
      Set.of(
          "code",
          "zip",
          "zipcode",
          "postcode",
          "postal",
          "plz",
          "sku",
          "ean",
          "isbn",
          "ssn",
          "iban",
          "phone",
          "fax");

  /** Whether a column's name is that of a key, such as customer_id. */
  static boolean isNamedAsKey(String name) {
    return KEYS.contains(lastWord(name));
  }

  private static String lastWord(String name) {
    String[] words =
        name.replaceAll("([a-z0-9])([A-Z])", "$1 $2").strip().split("[^\\p{L}\\p{N}]+");
    return words.length == 0 ? "" : words[words.length - 1].toLowerCase(Locale.ROOT);
  }

  static boolean isWhole(ColumnFacts column) {
    return column.type().equals(DataTypes.LongType)
        || column.type().equals(DataTypes.IntegerType)
        || column.type().equals(DataTypes.ShortType)
        || column.type().equals(DataTypes.ByteType)
        || column.type() instanceof DecimalType decimal && decimal.scale() == 0;
  }

  static boolean isText(ColumnFacts column) {
    return column.type().equals(DataTypes.StringType);
  }

  /** About how many values a column has for each row that has one, at most 1. */
  double distinctShare(ColumnFacts column) {
    long present = rows - column.missing();
    return present == 0 ? 0 : Math.min(1, column.distinct().orElse(0) / (double) present);
  }

  ProposedColumn of(ColumnFacts column) {
    return unusable(column)
        .map(why -> new ProposedColumn(column.name(), Role.EXCLUDED, why))
        .orElseGet(() -> feature(column));
  }

  private Optional<String> unusable(ColumnFacts column) {
    if (!ColumnValues.isNumber(column.type()) && !ColumnValues.isCategory(column.type())) {
      return Optional.of("a column of type %s cannot be a feature".formatted(type(column)));
    }
    if (column.missing() == rows) {
      return Optional.of("no value in any row");
    }
    if (column.missing() == 0 && column.least().equals(column.greatest())) {
      return Optional.of("the same value in all rows");
    }
    if (column.notFinite() > FEW * rows) {
      return Optional.of(
          "NaN or infinite in %,d rows, which nothing learns from; null in the table would be missing"
              .formatted(column.notFinite()));
    }
    if (isText(column) && distinctShare(column) > NEARLY_UNIQUE) {
      return Optional.of(
          "%s in %,d rows: an identifier or free text. To use it, move it from 'exclude' to 'categorical' and add  hashed: {%s: 1024}"
              .formatted(values(column), rows - column.missing(), column.name()));
    }
    if (!isWhole(column)) {
      return Optional.empty();
    }
    if (distinctShare(column) > NEARLY_UNIQUE && (isNamed(column) || isLarge(column))) {
      return Optional.of(
          "%s in %,d rows: an identifier".formatted(values(column), rows - column.missing()));
    }
    return counts(column)
        ? Optional.of("a different number in each row, like a row counter")
        : Optional.empty();
  }

  private static String type(ColumnFacts column) {
    String type = column.type().simpleString();
    return type.length() > 40 ? type.substring(0, 39) + "…" : type;
  }

  /** Whether whole numbers are all different although chance would have made some equal. */
  private boolean counts(ColumnFacts column) {
    double range =
        new BigDecimal(column.greatest().orElseThrow())
            .subtract(new BigDecimal(column.least().orElseThrow()))
            .doubleValue();
    return column.missing() == 0
        && distinctShare(column) > MAYBE_UNIQUE
        && (double) rows * rows / 2 > COLLISIONS * (range + 1)
        && unique.test(column.name());
  }

  private static boolean isNamed(ColumnFacts column) {
    return isNamedAsKey(column.name()) || CODES.contains(lastWord(column.name()));
  }

  /** Whether floating numbers do not tell all of its whole numbers apart. */
  private static boolean isLarge(ColumnFacts column) {
    return !ColumnValues.isExact(new BigDecimal(column.least().orElseThrow()))
        || !ColumnValues.isExact(new BigDecimal(column.greatest().orElseThrow()));
  }

  private ProposedColumn feature(ColumnFacts column) {
    if (ColumnValues.unitsPerDay(column.type()).isPresent()) {
      String range =
          "%s .. %s".formatted(column.least().orElseThrow(), column.greatest().orElseThrow());
      return new ProposedColumn(column.name(), Role.DATE, range + missing(column, ", "));
    }
    if (!(column.type() instanceof NumericType)) {
      return category(column, "");
    }
    if (isWhole(column) && (isNamed(column) || isLarge(column))) {
      return category(column, ": whole numbers that name something");
    }
    return new ProposedColumn(column.name(), Role.NUMERIC, missing(column, ""));
  }

  private ProposedColumn category(ColumnFacts column, String why) {
    String many =
        column.distinct().orElse(0) > MOST_CATEGORIES
            ? "; the %,d most frequent count, features.hashed would keep all"
                .formatted(MOST_CATEGORIES)
            : "";
    return new ProposedColumn(
        column.name(), Role.CATEGORICAL, values(column) + why + many + missing(column, ", "));
  }

  private String values(ColumnFacts column) {
    long most = Math.min(column.distinct().orElse(0), rows - column.missing());
    return "about %,d %s".formatted(most, most == 1 ? "value" : "values");
  }

  private String missing(ColumnFacts column, String before) {
    if (column.missing() == 0) {
      return "";
    }
    double percent = 100.0 * column.missing() / rows;
    String share = percent < 0.1 ? "less than 0.1" : String.format(Locale.ROOT, "%.1f", percent);
    return "%smissing in %s %% of the rows".formatted(before, share);
  }
}
