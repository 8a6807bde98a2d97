package dev.lockstep.data.proposal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.Task;
import dev.lockstep.data.preparation.Preparation;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.proposal.ProposedColumn.Role;
import dev.lockstep.data.spec.OnBadRow;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class ProposalTest {
  /** Orders of 500 customers. */
  private static final String ORDERS =
      """
      select
        id + 7 as row,
        concat('O', pmod(xxhash64(id), 1000000007)) as order_id,
        concat('C', id %% 500) as customerId,
        pmod(xxhash64(id, 1), 40) as shop_id,
        9007199254740993 + pmod(xxhash64(id, 2), 5) as campaign,
        if(id %% 10 = 0, null, pmod(xxhash64(id, 3), 70)) as age,
        pmod(xxhash64(id, 4), 1000003) / 7D as amount,
        if(id %% 900 = 5, double('NaN'), id %% 13) as few_nan,
        if(id %% 9 = 5, double('NaN'), id %% 13) as many_nan,
        format_string('%%05d', pmod(xxhash64(id, 5), 300)) as zip,
        8000 + pmod(xxhash64(id, 6), 300) as zip_code,
        if(id %% 3 = 0, null, concat('note ', xxhash64(id))) as note,
        id %% 2 = 0 as member,
        'EU' as region,
        if(id %% 4 = 0, null, 'x') as flag,
        cast(null as double) as nothing,
        date_add(date'2020-01-01', int(id %% 700)) as since,
        if(id %% 5 = 0, null, timestamp_seconds(id * 40000)) as seen,
        array(id) as items,
        if(%1$s = 'yes', 'closed', concat('open ', id %% 2)) as state,
        if(id %% 1000 = 3, null, %1$s) as `left`,
        id %% 7 as stars,
        double(id %% 2) as half,
        sin(id) * 100 as gain,
        concat('word ', id) as word,
        if(id < 12, 'rare', if(id %% 2 = 0, 'a', 'b')) as kind
      from range(3000)"""
          .formatted("if(pmod(xxhash64(id, 9), 10) < 4, 'yes', 'no')");

  @TempDir static Path directory;
  private static SparkSession spark;
  private static String table;

  @BeforeAll
  static void make(SparkSession session) {
    spark = session;
    table = directory.resolve("orders").toString();
    spark.sql(ORDERS).write().format("delta").save(table);
  }

  private static Proposal of(String label) {
    return Proposal.of(spark, table, label, List.of(), Optional.empty());
  }

  private static List<String> names(Proposal proposal, Role role) {
    return proposal.columns(role).stream().map(ProposedColumn::name).toList();
  }

  private static String reason(Proposal proposal, String name) {
    return proposal.columns().stream()
        .filter(c -> c.name().equals(name))
        .findFirst()
        .orElseThrow()
        .reason();
  }

  @Test
  void each_column_has_a_role_and_a_reason() {
    Proposal proposal = of("left");
    assertThat(proposal.task()).isEqualTo(Task.BINARY);
    assertThat(proposal.positive()).hasValue("yes");
    assertThat(proposal.labelReason()).contains("'no' in 1,", "'yes' in 1,");
    assertThat(proposal.stratifyReason()).isEmpty();
    assertThat(proposal.dropReason())
        .hasValue("'few_nan' is NaN or infinite in 4 rows, 3 rows have no label");
    // Rows of a customer stay together; an order's name is no feature.
    assertThat(names(proposal, Role.KEY)).containsExactly("customerId");
    assertThat(names(proposal, Role.NUMERIC))
        .containsExactly("age", "amount", "few_nan", "stars", "half", "gain");
    assertThat(names(proposal, Role.CATEGORICAL))
        .containsExactly("shop_id", "campaign", "zip", "zip_code", "member", "flag", "kind");
    assertThat(names(proposal, Role.DATE)).containsExactly("since", "seen");
    assertThat(names(proposal, Role.EXCLUDED))
        .containsExactly(
            "row", "order_id", "many_nan", "note", "region", "nothing", "items", "state", "word");
    assertThat(reason(proposal, "row"))
        .isEqualTo("a different number in each row, like a row counter");
    assertThat(reason(proposal, "note"))
        .contains("in 2,000 rows: an identifier or free text", "'exclude'", "hashed: {note: 1024}");
    assertThat(reason(proposal, "region")).isEqualTo("the same value in all rows");
    assertThat(reason(proposal, "nothing")).isEqualTo("no value in any row");
    assertThat(reason(proposal, "items"))
        .isEqualTo("a column of type array<bigint> cannot be a feature");
    assertThat(reason(proposal, "many_nan")).startsWith("NaN or infinite in 333 rows");
    assertThat(reason(proposal, "state"))
        .isEqualTo("alone predicts the label almost perfectly (possible target leakage)");
    assertThat(reason(proposal, "shop_id")).endsWith("whole numbers that name something");
    assertThat(reason(proposal, "since")).isEqualTo("2020-01-01 .. 2021-11-30");
    assertThat(reason(proposal, "seen")).endsWith("missing in 20.0 % of the rows");
  }

  @Test
  void what_is_proposed_can_be_prepared_without_a_warning() {
    Proposal proposal = of("left");
    assertThat(proposal.spec().onBadRow()).isEqualTo(OnBadRow.DROP);
    try (PreparedData data = Preparation.prepare(spark, proposal.spec(), "quantile")) {
      assertThat(data.warnings())
          .containsExactly(
              "7 of 3,000 rows were left out: label missing in 3, 'few_nan' not finite in 4");
      assertThat(data.features().dates())
          .extracting(d -> d.name())
          .containsExactly("since", "seen");
      assertThat(data.leaking()).isEmpty();
    }
  }

  @Test
  void a_label_says_what_is_learned_of_it() {
    Proposal half = of("half");
    assertThat(half.task()).isEqualTo(Task.BINARY);
    assertThat(half.positive()).hasValue("1.0");
    assertThat(of("stars").task()).isEqualTo(Task.MULTICLASS);
    Proposal kinds = of("kind");
    assertThat(kinds.task()).isEqualTo(Task.MULTICLASS);
    assertThat(kinds.stratifyReason())
        .hasValue("keeps the classes' shares: 'rare' has only 12 rows");
    assertThat(kinds.spec().split().stratify()).isTrue();
    Proposal gain = of("gain");
    assertThat(gain.task()).isEqualTo(Task.REGRESSION);
    assertThat(gain.labelReason()).startsWith("from -99.99");
    assertThat(
            Proposal.of(
                spark, table, "stars", List.of("order_id", "row"), Optional.of(Task.REGRESSION)))
        .satisfies(
            stars -> {
              assertThat(stars.task()).isEqualTo(Task.REGRESSION);
              assertThat(names(stars, Role.KEY)).containsExactly("row", "order_id");
              assertThat(names(stars, Role.CATEGORICAL)).contains("customerId");
            });
  }

  @Test
  void what_nothing_can_be_learned_of_is_refused() {
    refused("lefd", List.of(), "--label 'lefd' is not a column of", "Did you mean 'left'");
    refused("left", List.of("orderid"), "--key 'orderid' is not", "Did you mean 'order_id'");
    refused("left", List.of("left"), "'left' is both --label and --key");
    refused("nothing", List.of(), "--label 'nothing' has no value in any row");
    refused("word", List.of(), "more than 1,000 values, which are no classes");
    refused(
        "region",
        List.of(),
        "label 'region' has only one value in the train split: EU",
        "--task; or write");
    String bare = directory.resolve("bare").toString();
    spark
        .sql("select concat('a', id) as name, id % 2 as y from range(200)")
        .write()
        .format("delta")
        .save(bare);
    assertThatThrownBy(() -> Proposal.of(spark, bare, "y", List.of(), Optional.empty()))
        .isInstanceOf(LockstepException.class)
        .hasMessageContainingAll(
            "no column that could be a feature", "; 'name': about", "--label or --key");
  }

  private static void refused(String label, List<String> key, String... parts) {
    assertThatThrownBy(() -> Proposal.of(spark, table, label, key, Optional.empty()))
        .isInstanceOf(LockstepException.class)
        .hasMessageContainingAll(parts);
  }
}
