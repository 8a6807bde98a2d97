package dev.lockstep.evaluation.cli;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Task;
import dev.lockstep.data.ingest.Import;
import dev.lockstep.data.ingest.ImportReport;
import dev.lockstep.data.proposal.Proposal;
import dev.lockstep.data.snapshot.DeltaHistory;
import dev.lockstep.distributor.experiment.ExperimentFile;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.evaluation.baselines.Baselines;
import dev.lockstep.evaluation.proposal.ExperimentText;
import dev.lockstep.models.EstimatorSpec;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;

/** An experiment file that a command writes for a person's data, which it imports where needed. */
final class NewExperiment {
  private static final String FOLDER = "tables/";
  private static final Pattern DATA =
      Pattern.compile("(?i)\\.(csv|tsv|parquet)(\\.(gz|bz2|zip))?$");

  /** What is no part of a table's name. */
  private static final Pattern ENDINGS =
      Pattern.compile("(?i)(\\.(csv|tsv|txt|data|parquet|gz|bz2|zip))+$");

  private final String data;
  private final DataFlags flags;
  private final CommonOptions options;

  /**
   * An experiment to be written.
   *
   * @param data a Delta table, or CSV or Parquet files
   */
  NewExperiment(String data, DataFlags flags, CommonOptions options) {
    this.data = data;
    this.flags = flags;
    this.options = options;
  }

  /** Whether a name can only be that of data, and not that of an experiment file. */
  static boolean isData(String name) {
    return DATA.matcher(name).find() || Files.isDirectory(Path.of(name));
  }

  /**
   * Imports, looks at the table, and writes the file.
   *
   * @throws LockstepException if the file is there already, an option is wrong, or nothing can be
   *     learned of the label; no file is written then
   */
  Proposal write() {
    check();
    SparkSession spark = CommandSession.of(options);
    boolean isTable = DeltaHistory.exists(spark, data);
    if (isTable && (flags.files().isPresent() || flags.table().isPresent())) {
      throw new LockstepException(
          data + " is a Delta table, and options were given for making one of files",
          "Leave out --table and the options of 'lockstep import'");
    }
    Proposal proposal =
        isTable
            ? proposal(spark, data, flags.label(), flags.key())
            : imported(spark, flags.table().orElseGet(this::place));
    String text =
        new ExperimentText(
                data, rerun(), proposal, flags.models(), flags.baselines(), flags.minutes())
            .text();
    ExperimentFile.parse(text, flags.experiment().toString());
    write(text);
    options.progress().done("wrote %s, which says what was decided:".formatted(flags.experiment()));
    proposal.decisions().forEach(line -> options.progress().done("  " + line));
    return proposal;
  }

  /** The command that runs what was written. */
  String rerun() {
    return "bin/lockstep compare " + flags.experiment();
  }

  /** What can be known to be wrong before anything is read. */
  private void check() {
    if (Files.exists(flags.experiment())) {
      throw present(null);
    }
    for (String model : flags.models()) {
      Network.of(new EstimatorSpec(model, Map.of()), TrainingOptions.empty());
    }
    for (String baseline : flags.baselines()) {
      Baselines.check(new EstimatorSpec(baseline, Map.of()), flags.task().orElse(Task.BINARY));
    }
    if (flags.minutes().isPresent() && !(flags.minutes().get() > 0)) {
      throw new LockstepException(
          "--minutes must be above 0, but is " + flags.minutes().get(),
          "Leave it out for no search of better options");
    }
  }

  private LockstepException present(Exception cause) {
    return new LockstepException(
        "%s is there already, and is not overwritten".formatted(flags.experiment()),
        "Run it with '%s', or name another file with --experiment FILE".formatted(rerun()),
        cause);
  }

  private Proposal imported(SparkSession spark, String table) {
    ImportFlags files = flags.files().orElseGet(ImportFlags::new);
    ImportReport report =
        new Import(spark, files.spec(data, table, flags.label()), options.progress()).run();
    options
        .progress()
        .done(
            "made %s of %s: version %d, %,d rows"
                .formatted(report.table(), data, report.version(), report.rows()));
    report.notes().forEach(note -> options.progress().done("  note: " + note));
    return proposal(
        spark,
        table,
        Import.nameInTable(flags.label()),
        flags.key().stream().map(Import::nameInTable).toList());
  }

  private Proposal proposal(SparkSession spark, String table, String label, List<String> key) {
    return Proposal.of(spark, table, label, key, flags.task(), options.progress());
  }

  /** Where the table is made where nobody says it. */
  private String place() {
    String last = data.replaceFirst("/+$", "").replaceFirst("^.*[/\\\\]", "");
    String name = ENDINGS.matcher(last).replaceFirst("");
    if (!name.matches("[\\p{L}\\p{N}_. -]*[\\p{L}\\p{N}_-]")) {
      throw new LockstepException(
          "%s does not give the Delta table a name".formatted(data),
          "Say where it is made, such as --table %spassengers".formatted(FOLDER));
    }
    return FOLDER + name.replaceAll("[ .]+", "_");
  }

  private void write(String text) {
    Path file = flags.experiment();
    try {
      if (file.getParent() != null) {
        Files.createDirectories(file.getParent());
      }
      Files.writeString(file, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw present(e);
    } catch (IOException e) {
      throw new LockstepException(
          "cannot write %s: %s".formatted(file, e.getMessage()), "Choose another --experiment", e);
    }
  }
}
