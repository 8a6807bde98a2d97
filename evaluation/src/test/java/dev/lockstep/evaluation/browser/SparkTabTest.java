package dev.lockstep.evaluation.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import dev.lockstep.data.ShortJvm;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.evaluation.Lockstep;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The tab in Spark's pages while a training goes on, as a browser has it. */
@ExtendWith(SparkExtension.class)
class SparkTabTest {
  private static final Pattern ADDRESS = Pattern.compile("Spark's pages are at (http://\\S+)");

  @TempDir private Path directory;

  @Test
  void the_tab_of_a_training_fits_its_window_and_nothing_goes_wrong(SparkSession spark)
      throws Exception {
    try (Chromium chromium = Chromium.start()) {
      spark
          .range(200)
          .selectExpr("id", "sin(id) x", "if(sin(id) > 0, 'yes', 'no') bought")
          .write()
          .format("delta")
          .save(directory + "/table");
      Path file = directory.resolve("experiment.yaml");
      Files.writeString(
          file,
          """
          table: %1$s/table
          task: binary
          label: bought
          key: id
          model: linear
          training: {ranks: 1, epochs: 1000000, patience: 1000000}
          output: %1$s/runs
          """
              .formatted(directory));
      Process training = train(file);
      try (BufferedReader lines = training.inputReader()) {
        String tab = address(lines);
        awaitCurve(tab);
        for (int width : new int[] {1400, 420}) {
          for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            try (OpenPage open = chromium.open(tab, width, scheme)) {
              open.assertSound();
              assertThat(open.page().locator("svg[role=img] title").first().textContent())
                  .isNotBlank();
            }
          }
        }
      } finally {
        training.destroyForcibly().waitFor();
      }
    }
  }

  /** A training that ends only when it is ended. */
  private Process train(Path file) throws IOException {
    List<String> command =
        ShortJvm.command(List.of(), Lockstep.class, "train", file.toString(), "--ui");
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .start();
  }

  private static String address(BufferedReader lines) throws IOException {
    List<String> said = new ArrayList<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      said.add(line);
      Matcher address = ADDRESS.matcher(line);
      if (address.find()) {
        return address.group(1);
      }
    }
    throw new AssertionError("expected the address of Spark's pages in " + said);
  }

  private static void awaitCurve(String tab) throws IOException, InterruptedException {
    HttpClient client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
    HttpRequest page = HttpRequest.newBuilder(URI.create(tab)).build();
    long until = System.nanoTime() + 120_000_000_000L;
    String content = "";
    while (!content.contains("<polyline")
        && !content.contains("<path")
        && System.nanoTime() < until) {
      content = client.send(page, HttpResponse.BodyHandlers.ofString()).body();
      Thread.sleep(200);
    }
    assertThat(content).contains("<svg");
  }
}
