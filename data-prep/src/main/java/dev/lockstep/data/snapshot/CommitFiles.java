package dev.lockstep.data.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.data.Json;
import dev.lockstep.data.snapshot.DeltaHistory.Commit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files of a table's log that each hold a commit. Kernel's interface does not give all that the
 * history shows of them, so they are read here; what is not as Delta writes it is an error.
 *
 * @param files the file system
 * @param log the folder of the log
 * @param latest the table's latest version
 */
record CommitFiles(FileSystem files, Path log, long latest) {
  private static final Pattern NAME = Pattern.compile("([0-9]{20})\\.json");

  /** The commits, newest first. */
  List<Commit> commits(InCommitTimestamps inCommit) throws IOException {
    List<Commit> commits = new ArrayList<>();
    long last = Long.MIN_VALUE;
    for (Map.Entry<Long, FileStatus> file : listed().entrySet()) {
      JsonNode info = info(file.getValue().getPath());
      long time;
      if (file.getKey() >= inCommit.from()) {
        time = number(info.path("inCommitTimestamp"));
      } else {
        // As Delta has it: later commits have later times, whatever their files say.
        time = Math.max(file.getValue().getModificationTime(), last + 1);
        last = time;
      }
      commits.add(commit(file.getKey(), Instant.ofEpochMilli(time), info));
    }
    Collections.reverse(commits);
    return commits;
  }

  private NavigableMap<Long, FileStatus> listed() throws IOException {
    NavigableMap<Long, FileStatus> found = new TreeMap<>();
    for (FileStatus file : files.listStatus(log)) {
      Matcher name = NAME.matcher(file.getPath().getName());
      if (name.matches()) {
        found.put(Long.valueOf(name.group(1)), file);
      }
    }
    return found.headMap(latest, true);
  }

  private static Commit commit(long version, Instant time, JsonNode info) {
    Map<String, String> metrics = new HashMap<>();
    info.path("operationMetrics")
        .properties()
        .forEach(m -> metrics.put(m.getKey(), text(m.getValue())));
    JsonNode note = info.path("userMetadata");
    return new Commit(
        version,
        time,
        text(info.path("operation")),
        metrics,
        note.isMissingNode() || note.isNull() ? Optional.empty() : Optional.of(text(note)));
  }

  /** What a commit says of itself: mostly its first line. */
  private JsonNode info(Path file) throws IOException {
    JsonNode info = null;
    String last = "";
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(files.open(file), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        info = info == null ? Json.read(line, JsonNode.class).get("commitInfo") : info;
        last = line;
      }
    }
    if (info == null || !last.endsWith("}")) {
      throw new IOException(file + " is torn");
    }
    return info;
  }

  private static String text(JsonNode value) {
    if (!value.isTextual()) {
      throw new IllegalArgumentException("expected a text in a commit, found " + value);
    }
    return value.textValue();
  }

  private static long number(JsonNode value) {
    if (!value.isIntegralNumber()) {
      throw new IllegalArgumentException("expected a time in a commit, found " + value);
    }
    return value.longValue();
  }
}
