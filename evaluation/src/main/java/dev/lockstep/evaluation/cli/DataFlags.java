package dev.lockstep.evaluation.cli;

import dev.lockstep.data.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What a command says of data for which an experiment file is to be written; a picocli group. */
final class DataFlags {
  @Option(
      names = "--label",
      required = true,
      paramLabel = "COLUMN",
      description = "The column to be predicted.")
  private String label;

  @Option(
      names = "--key",
      split = ",",
      paramLabel = "COLUMN",
      description =
          "The column, or columns, that name what a row is about: rows of one key stay in one split. Default: detected.")
  private List<String> key = List.of();

  @Option(
      names = "--task",
      description = "binary, multiclass or regression. Default: by the label's values.")
  private Task task;

  @Option(
      names = "--models",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "mlp-ple",
      description = "Networks: 'lockstep models' lists them. Default: ${DEFAULT-VALUE}.")
  private List<String> models;

  @Option(
      names = "--baselines",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "xgboost,linear",
      description = "What they are compared with. Default: ${DEFAULT-VALUE}.")
  private List<String> baselines;

  @Option(
      names = "--minutes",
      description =
          "Minutes that each model may look for better options. Default: all keep their defaults.")
  private Double minutes;

  @Option(
      names = "--table",
      paramLabel = "DIR",
      description =
          "The Delta table that is made of CSV or Parquet files. Default: tables/NAME, by the file's name.")
  private String table;

  @Option(
      names = "--experiment",
      paramLabel = "FILE",
      defaultValue = "experiment.yaml",
      description =
          "The experiment file that is written; one that is there is never overwritten. Default: ${DEFAULT-VALUE}.")
  private Path experiment;

  @ArgGroup(exclusive = false)
  private ImportFlags files;

  String label() {
    return label;
  }

  List<String> key() {
    return key;
  }

  Optional<Task> task() {
    return Optional.ofNullable(task);
  }

  List<String> models() {
    return models;
  }

  List<String> baselines() {
    return baselines;
  }

  Optional<Double> minutes() {
    return Optional.ofNullable(minutes);
  }

  Optional<String> table() {
    return Optional.ofNullable(table);
  }

  Path experiment() {
    return experiment;
  }

  /** How files are read; empty where no such option is given. */
  Optional<ImportFlags> files() {
    return Optional.ofNullable(files);
  }
}
