package dev.lockstep.evaluation.mlflow;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * The place at which a run's files are for MLflow: behind the tracking server, which then takes
 * them, or on a file system that Hadoop knows, such as this machine's.
 */
final class Artifacts {
  private static final String PROXY = "mlflow-artifacts";

  private final MlflowApi api;
  private final Configuration hadoop;
  private final URI root;

  /**
   * A place.
   *
   * @param uri the URI that the server gave
   * @throws IOException if files cannot be put there
   */
  Artifacts(MlflowApi api, Configuration hadoop, String uri) throws IOException {
    this.api = api;
    this.hadoop = hadoop;
    try {
      URI given = URI.create(uri);
      this.root = given.getScheme() == null ? new java.io.File(uri).toURI() : given;
      boolean whole = given.getScheme() != null || uri.startsWith("/");
      // Another server would get the credentials of this one.
      if (!whole || isProxy() && root.getAuthority() != null) {
        throw new IOException("not a place that is known from here");
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("not a URI", e);
    }
  }

  private boolean isProxy() {
    return PROXY.equals(root.getScheme());
  }

  /**
   * Puts the files of a folder there, those in its folders too; hidden ones are left out.
   *
   * @param deep whether to look into folders
   */
  void putFolder(String path, Path folder, boolean deep) throws IOException {
    FileSystem files = folder.getFileSystem(hadoop);
    String base = files.makeQualified(folder).toUri().getPath().replaceFirst("/*$", "/");
    RemoteIterator<LocatedFileStatus> all = files.listFiles(folder, deep);
    while (all.hasNext()) {
      FileStatus file = all.next();
      String name = file.getPath().toUri().getPath().substring(base.length());
      if (!("/" + name).contains("/.")) {
        put(path + name, files, file);
      }
    }
  }

  private void put(String path, FileSystem files, FileStatus file) throws IOException {
    if (isProxy()) {
      api.putArtifact(proxied(path), body(files, file));
    } else {
      try (InputStream in = files.open(file.getPath());
          OutputStream out = create(path)) {
        in.transferTo(out);
      }
    }
  }

  private static BodyPublisher body(FileSystem files, FileStatus file) {
    return file.getLen() == 0
        ? BodyPublishers.noBody()
        : BodyPublishers.fromPublisher(
            BodyPublishers.ofInputStream(
                () -> {
                  try {
                    return files.open(file.getPath());
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                }),
            file.getLen());
  }

  /** Writes a file there. */
  void put(String path, byte[] content) throws IOException {
    if (isProxy()) {
      api.putArtifact(proxied(path), BodyPublishers.ofByteArray(content));
    } else {
      try (OutputStream out = create(path)) {
        out.write(content);
      }
    }
  }

  private String proxied(String path) {
    return root.getPath().replaceFirst("^/+", "").replaceFirst("/+$", "") + "/" + path;
  }

  /** On this machine without the checksums beside it, which MLflow would list. */
  private OutputStream create(String path) throws IOException {
    Path file = new Path(new Path(root), path);
    FileSystem target = file.getFileSystem(hadoop);
    return (target instanceof LocalFileSystem local ? local.getRaw() : target).create(file, true);
  }
}
