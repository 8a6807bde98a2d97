package dev.lockstep.evaluation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.data.Json;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.proposal.Proposal;
import dev.lockstep.data.proposal.ProposedColumn;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.ExperimentFile;
import dev.lockstep.evaluation.proposal.ExperimentText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** From a file of customers to a verdict, in one command. */
@ExtendWith(SparkExtension.class)
class NewExperimentTest {
  private static final int ROWS = 3000;

  @TempDir static Path directory;
  private static SparkSession spark;

  @BeforeAll
  static void write(SparkSession session) throws IOException {
    spark = session;
    List<String> lines = new ArrayList<>();
    lines.add(
        "customer id,signup date,last contact,zip code,plan,age,phone,region,closed on,has left");
    for (int i = 0; i < ROWS; i++) {
      lines.add(customer(i));
    }
    Files.write(file("churn.csv"), lines);
    // The same without the two dates.
    Files.write(
        file("undated.csv"),
        lines.stream().map(line -> line.replaceFirst("^([^,]*),[^,]*,[^,]*,", "$1,")).toList());
  }

  /** Who signed up in spring, or was called on a weekend, is likely to leave. */
  private static String customer(int i) {
    Random random = new Random(i);
    LocalDate signup = LocalDate.of(2019, 1, 1).plusDays(random.nextInt(2000));
    LocalDateTime contact =
        LocalDate.of(2024, 7, 1).atStartOfDay().plusMinutes(random.nextInt(90 * 24 * 60));
    double age = 45 + 12 * random.nextGaussian();
    double score =
        2.5 * Math.sin(2 * Math.PI * signup.getDayOfYear() / 365)
            + (contact.getDayOfWeek().getValue() > 5 ? 2.5 : -1)
            - 0.04 * (age - 45);
    boolean left = random.nextDouble() < 1 / (1 + Math.exp(-score));
    return String.join(
        ",",
        "C%06d".formatted(i * 7),
        random.nextInt(20) == 0 ? "" : signup.toString(),
        contact.toString().replace('T', ' '),
        "%05d".formatted(random.nextInt(200)),
        List.of("basic", "plus", "pro").get(random.nextInt(3)),
        random.nextInt(10) == 0 ? "NA" : String.valueOf(Math.round(age)),
        "+41 %09d".formatted(random.nextInt(1_000_000_000)),
        "EU",
        left ? "2024-10-01" : "",
        left ? "yes" : "no");
  }

  private static Path file(String name) {
    return directory.resolve(name);
  }

  /** What a command says: its exit code, its standard output, and its standard error. */
  private record Said(int code, String out, String err) {}

  private static Said run(String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    int code;
    try {
      System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
      code = LockstepCommand.run(arguments);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    return new Said(
        code, outBytes.toString(StandardCharsets.UTF_8), errBytes.toString(StandardCharsets.UTF_8));
  }

  private static Said compare(String name, String... more) {
    return run(
        Stream.concat(
                Stream.of(
                    "compare",
                    file(name + ".csv").toString(),
                    "--label=has left",
                    "--models=mlp",
                    "--baselines=linear",
                    "--table=" + file(name),
                    "--experiment=" + file(name + ".yaml"),
                    "--output=" + file("runs"),
                    "--ledger=" + file("ledger")),
                Stream.of(more))
            .toArray(String[]::new));
  }

  @Test
  void a_file_gets_a_verdict_and_dates_make_it_better() throws IOException {
    Said dated = compare("churn");
    assertThat(dated.code()).as(dated.err()).isZero();
    assertThat(dated.err())
        .contains(
            "made " + file("churn"),
            "key: customer_id",
            "features: 1 numbers, 2 categories, 2 dates",
            "left out: phone: about ",
            "left out: closed_on: alone predicts the label almost perfectly");
    assertThat(dated.out())
        .contains(
            "ROC AUC",
            "mlp beats linear by",
            "run it again: bin/lockstep compare " + file("churn.yaml"));

    String text = Files.readString(file("churn.yaml"));
    Experiment experiment = ExperimentFile.read(file("churn.yaml"));
    assertThat(experiment.data().label()).isEqualTo("has_left");
    assertThat(experiment.data().key()).containsExactly("customer_id");
    assertThat(experiment.data().positive()).isEqualTo("yes");
    assertThat(experiment.data().features().numeric()).containsExactly("age");
    assertThat(experiment.data().features().categorical()).containsExactly("zip_code", "plan");
    assertThat(experiment.data().features().dates()).containsExactly("signup_date", "last_contact");
    assertThat(experiment.data().features().exclude())
        .containsExactly("phone", "region", "closed_on");
    assertThat(text)
        .contains("- age  # missing in ", "- region  # the same value in all rows", "Run it: ");

    // The file alone says it all: the same weights.
    Said again =
        run(
            "compare",
            file("churn.yaml").toString(),
            "--json",
            "--output=" + file("runs"),
            "--ledger=" + file("ledger"));
    assertThat(again.code()).as(again.err()).isZero();
    JsonNode result = Json.read(again.out(), JsonNode.class);
    assertThat(dated.out()).contains(result.get("weightsSha256").asText().substring(0, 16));
    assertThat(result.get("data").get("dates").findValuesAsText("name"))
        .containsExactly("signup_date", "last_contact");
    assertThat(
            Files.readString(
                Path.of(
                        run("show", "latest", "--json", "--ledger=" + file("ledger"))
                            .out()
                            .replaceFirst("(?s).*\"folder\":\"([^\"]*)\".*", "$1"))
                    .resolve("report.html")))
        .contains("Dates are features by their age", "signup_date (days from 2024-06-");

    Said undated = compare("undated", "--json");
    assertThat(undated.code()).as(undated.err()).isZero();
    JsonNode without = Json.read(undated.out(), JsonNode.class);
    assertThat(validation(result, "mlp")).isGreaterThan(validation(without, "mlp") + 0.1);
    assertThat(validation(result, "linear")).isGreaterThan(validation(without, "linear") + 0.1);

    // What is there stays, and is refused before anything is read.
    Said third = compare("churn", "--overwrite");
    assertThat(third.code()).isEqualTo(1);
    assertThat(third.err())
        .isEqualTo(
            "lockstep: %1$s is there already, and is not overwritten. Run it with 'bin/lockstep compare %1$s', or name another file with --experiment FILE%n"
                .formatted(file("churn.yaml")));
    assertThat(Files.readString(file("churn.yaml"))).isEqualTo(text);
  }

  private static double validation(JsonNode result, String model) {
    return result
        .get("models")
        .valueStream()
        .filter(m -> m.get("name").asText().equals(model))
        .findFirst()
        .orElseThrow()
        .get("validation")
        .asDouble();
  }

  @Test
  void init_writes_the_file_alone_and_it_says_what_was_proposed() throws IOException {
    String table = file("awkward").toString();
    spark
        .sql(
            """
            select id % 3 + 0.5 as `no`, id as `1`, concat('a', id % 4) as `a#b`, 'x' as `it's"`,
              date_add(date'2024-01-01', int(id % 50)) as `tag:`, concat(id % 2, ' # it') as `y`
            from range(400)""")
        .write()
        .format("delta")
        .save(table);
    Path yaml = file("folder/of mine/awkward.yaml");
    Said said =
        run(
            "init",
            table,
            "--label=y",
            "--key=1",
            "--minutes=1.5",
            "--experiment=" + yaml,
            "--json");
    assertThat(said.code()).as(said.err()).isZero();
    JsonNode result = Json.read(said.out(), JsonNode.class);
    assertThat(result.get("experiment").asText()).isEqualTo(yaml.toString());
    Experiment experiment = ExperimentFile.read(yaml);
    Proposal proposal = Proposal.of(spark, table, "y", List.of("1"), Optional.empty());
    assertThat(experiment.data()).isEqualTo(proposal.spec());
    assertThat(experiment.data().features().dates()).containsExactly("tag:");
    assertThat(experiment.data().positive()).isEqualTo("1 # it");
    assertThat(experiment.tuning().orElseThrow().minutes()).isEqualTo(1.5);
    assertThat(directory.resolve("lockstep-runs")).doesNotExist();

    // A value of a table cannot end a comment.
    ExperimentText broken =
        new ExperimentText(
            "a\nlabel: b",
            "run",
            new Proposal(
                proposal.snapshot(),
                "y",
                proposal.task(),
                "'\n\u2028split: 1'",
                proposal.positive(),
                Optional.of("x\rkey: 3"),
                Optional.empty(),
                List.of(new ProposedColumn("no", ProposedColumn.Role.NUMERIC, "\n- a#b"))),
            List.of("mlp"),
            List.of(),
            Optional.empty());
    Experiment whole = ExperimentFile.parse(broken.text(), "broken.yaml");
    assertThat(whole.data()).isEqualTo(broken.proposal().spec());
  }

  @Test
  void what_is_used_wrongly_is_said_before_anything_is_read() throws IOException {
    Files.writeString(file("mine.yaml"), "table: t\n");
    refused(2, "Missing required argument(s): ", "init", "t");
    refused(2, "--label", "compare", "t.csv", "--minutes=3");
    refused(1, "t.csv is data, not an experiment file. Say what", "compare", "t.csv");
    String mine = file("mine.yaml").toString();
    refused(1, "are for tables, and " + mine, "compare", mine, "--label=y");
    String other = "--experiment=" + file("other.yaml");
    refused(1, "unknown model 'mpl'", "compare", "t.csv", "--label=y", "--models=mpl", other);
    refused(1, "unknown baseline 'gbd'", "init", "t.csv", "--label=y", "--baselines=gbd", other);
    refused(1, "--minutes must be above 0", "init", "t.csv", "--label=y", "--minutes=0", other);
    refused(1, "there is no file", "init", file("none.csv").toString(), "--label=y", other);
    refused(1, "does not give the Delta table a name", "init", "in/*.csv", "--label=y", other);
    String table = file("kept").toString();
    spark.range(5).write().format("delta").save(table);
    refused(
        1, "options were given for making one", "init", table, "--label=id", "--table=t", other);
    refused(
        1,
        "there is a Delta table at " + table + " already",
        "init",
        file("churn.csv").toString(),
        "--label=has left",
        "--table=" + table,
        other);
    assertThat(file("other.yaml")).doesNotExist();
    assertThat(Files.readString(file("mine.yaml"))).isEqualTo("table: t\n");
  }

  @Test
  void a_path_needs_no_ending_and_a_name_of_the_catalog_may_have_one() throws IOException {
    Files.createDirectories(file("people"));
    String rows =
        IntStream.range(0, 400)
            .mapToObj(i -> "%d,%s\n".formatted(i * 37 % 101, i % 3 == 0 ? "yes" : "no"))
            .collect(Collectors.joining("", "age,left\n", ""));
    Files.writeString(file("people/part-0"), rows);
    for (String data : List.of("people", "people/part-*")) {
      Path yaml = file("people%d.yaml".formatted(data.length()));
      String table = file("table%d".formatted(data.length())).toString();
      Said said =
          run(
              "init",
              file(data).toString(),
              "--label=left",
              "--table=" + table,
              "--experiment=" + yaml);
      assertThat(said.code()).as(said.err()).isZero();
      assertThat(ExperimentFile.read(yaml).data().table()).isEqualTo(table);
    }
    String other = "--experiment=" + file("nothing.yaml");
    for (String wrong : List.of(file("poeple").toString(), "people-2024", "none.csv")) {
      refused(1, "there is no file " + wrong, "init", wrong, "--label=left", "--table=t", other);
    }
    refused(1, "is data, not an experiment file", "compare", file("people").toString());

    spark.sql("create database sales location '%s'".formatted(file("warehouse")));
    try {
      spark
          .read()
          .format("delta")
          .load(file("table6").toString())
          .write()
          .format("delta")
          .saveAsTable("sales.data");
      Said said = run("init", "sales.data", "--label=left", "--experiment=" + file("sales.yaml"));
      assertThat(said.code()).as(said.err()).isZero();
      assertThat(ExperimentFile.read(file("sales.yaml")).data().table()).isEqualTo("sales.data");
    } finally {
      spark.sql("drop database sales cascade");
    }
  }

  /** Until --label came, an experiment file could have any name. */
  @Test
  void an_experiment_file_may_end_as_data_may() throws IOException {
    for (String name : List.of("experiment.txt", "mine.data")) {
      Path file = Files.writeString(file(name), "tabel: t\n");
      refused(1, "tabel", "compare", file.toString());
    }
  }

  private static void refused(int code, String part, String... arguments) {
    Said said = run(arguments);
    assertThat(said.err()).contains(part);
    assertThat(said.code()).isEqualTo(code);
  }
}
