package dev.lockstep.ml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.features.FeatureEncoder;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The example of a client of Spark Connect, against a server in another JVM. */
@ExtendWith(SparkExtension.class)
class ConnectTest {
  private static final long MOST_SECONDS = 120;

  @TempDir Path directory;

  @Test
  void a_client_without_lockstep_fits_scores_saves_and_loads(SparkSession spark)
      throws IOException, InterruptedException {
    String table = directory.resolve("people").toString();
    People.of(spark, 500).coalesce(1).write().parquet(table);
    int port = freePort();
    Process server =
        ChildJvm.start(
            Examples.jars("connect/server") + File.pathSeparator + ChildJvm.tests(),
            List.of(
                "spark.master=local[2]",
                "spark.ui.enabled=false",
                "spark.driver.host=127.0.0.1",
                "spark.driver.bindAddress=127.0.0.1",
                "spark.connect.grpc.binding.address=127.0.0.1",
                "spark.connect.grpc.binding.port=" + port),
            "org.apache.spark.sql.connect.service.SparkConnectServer",
            List.of());
    try {
      awaitServer(server, port);
      Path model = directory.resolve("model");
      Path scores = directory.resolve("scores");
      Path encoder = directory.resolve("encoder");
      Path encoded = directory.resolve("encoded");
      Process client =
          ChildJvm.start(
              Examples.compiled("connect", client(), Files.createDirectory(directory.resolve("c")))
                  + File.pathSeparator
                  + client(),
              List.of(),
              "ConnectClient",
              List.of(
                  "sc://127.0.0.1:" + port,
                  table,
                  model.toString(),
                  scores.toString(),
                  encoder.toString(),
                  encoded.toString()));
      assertThat(client.waitFor()).isZero();

      Dataset<Row> people = spark.read().parquet(table);
      NetworkClassificationModel saved = NetworkClassificationModel.load(model.toString());
      assertThat(sorted(spark.read().parquet(scores.toString())))
          .isEqualTo(sorted(saved.transform(people)));
      assertThat(saved.card().weightsSha256())
          .isEqualTo(People.classifier().fit(people).card().weightsSha256());
      assertThat(FeatureEncoder.load(encoder.toString()).model()).isEqualTo(saved.features());
      assertThat(spark.read().parquet(encoded.toString()).sort("id").collectAsList())
          .isEqualTo(
              new FeatureEncoder(saved.features()).transform(people).sort("id").collectAsList());
    } finally {
      server.destroy();
      server.waitFor();
    }
  }

  private static List<Row> sorted(Dataset<Row> scored) {
    return scored
        .select("id", "rawPrediction", "probability", "prediction")
        .sort("id")
        .collectAsList();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void awaitServer(Process server, int port) throws InterruptedException {
    for (long tries = 0; tries < 10 * MOST_SECONDS; tries++) {
      assertThat(server.isAlive()).isTrue();
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return;
      } catch (IOException e) {
        Thread.sleep(100);
      }
    }
    throw new AssertionError("the server does not listen");
  }

  /** The client's jar and Spark's, without Lockstep and libtorch: it must not need them. */
  private static String client() throws IOException {
    String spark =
        Stream.of(ChildJvm.tests().split(File.pathSeparator))
            .filter(jar -> jar.endsWith(".jar"))
            .filter(jar -> !jar.contains("lockstep-") && !jar.contains("djl"))
            .collect(Collectors.joining(File.pathSeparator));
    return Examples.jars("connect/client") + File.pathSeparator + spark;
  }
}
