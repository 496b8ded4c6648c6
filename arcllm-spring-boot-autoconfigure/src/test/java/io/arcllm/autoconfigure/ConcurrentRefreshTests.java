package io.arcllm.autoconfigure;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.arcllm.LlmProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.FileUrlResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Several refreshes at once: reading holds up no other, and the newest configuration that
 * was read is the one in use.
 */
class ConcurrentRefreshTests {

	private static final int ROUNDS = 15;

	@TempDir
	Path directory;

	private Path file;

	@BeforeEach
	void writeFirst() throws Exception {
		this.file = this.directory.resolve("application.properties");
		write(3);
	}

	/** What was read before another configuration came into use is read again. */
	@Test
	void slowFileHoldsUpNoOtherRefreshAndReplacesNothingNewer() throws Exception {
		CountDownLatch read = new CountDownLatch(1);
		CountDownLatch told = new CountDownLatch(1);
		ExecutorService threads = Executors.newSingleThreadExecutor();
		try (ConfigurableApplicationContext context = start()) {
			AtomicBoolean slow = new AtomicBoolean(true);
			Refresh refresh = refresh(context, () -> {
				if (slow.getAndSet(false)) {
					read.countDown();
					await(told);
				}
			});
			write(4);
			Future<Refresh.Done> first = threads.submit(() -> refresh.refresh(true));
			assertThat(read.await(30, TimeUnit.SECONDS)).isTrue();
			write(5);
			assertThat(refresh.refresh(true).changed()).isTrue();
			assertThat(maxRetries(context)).isEqualTo("5");
			assertThat(first).isNotDone();
			told.countDown();
			assertThat(first.get(30, TimeUnit.SECONDS).changed()).isFalse();
			assertThat(maxRetries(context)).isEqualTo("5");
		}
		finally {
			told.countDown();
			threads.shutdownNow();
		}
	}

	@Test
	void lastOfManyIsInUse() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(3);
		try (ConfigurableApplicationContext context = start()) {
			Refresh refresh = refresh(context, () -> {
			});
			for (int round = 0; round < ROUNDS; round++) {
				List<Future<Refresh.Done>> all = new ArrayList<>();
				for (int thread = 0; thread < 3; thread++) {
					int retries = 10 + round * 3 + thread;
					all.add(threads.submit(() -> {
						write(retries);
						return refresh.refresh(true);
					}));
				}
				for (Future<Refresh.Done> one : all) {
					one.get(30, TimeUnit.SECONDS);
				}
				assertThat(maxRetries(context)).isEqualTo(written());
				assertThat(context.getBean(LlmProvider.class)).hasToString("Retry(Timeout(ollama))");
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static Refresh refresh(ConfigurableApplicationContext context, Runnable whenRead) {
		ResourceLoader loader = new DefaultResourceLoader() {

			@Override
			public Resource getResource(String location) {
				Resource resource = super.getResource(location);
				return (resource instanceof FileUrlResource file) ? read(file, whenRead) : resource;
			}

		};
		return new Refresh(context.getEnvironment(), loader, context.getBeanFactory());
	}

	private static Resource read(FileUrlResource file, Runnable whenRead) {
		return new FileUrlResource(file.getURL()) {

			@Override
			public InputStream getInputStream() throws IOException {
				byte[] bytes;
				try (InputStream in = super.getInputStream()) {
					bytes = in.readAllBytes();
				}
				whenRead.run();
				return new ByteArrayInputStream(bytes);
			}

		};
	}

	private ConfigurableApplicationContext start() {
		return new SpringApplicationBuilder(RefreshTests.Application.class).web(WebApplicationType.NONE)
			.run("--spring.config.location=" + this.file.toUri());
	}

	/** As one step, as tools that deploy configuration do. */
	private void write(int retries) throws Exception {
		Path newer = Files.createTempFile(this.directory, "newer", null);
		Files.writeString(newer, "arcllm.provider=ollama\narcllm.providers.ollama.model=one\n"
				+ "arcllm.modules.retry.enabled=true\narcllm.modules.retry.max-retries=" + retries + "\n");
		Files.move(newer, this.file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
	}

	private String written() throws Exception {
		String text = Files.readString(this.file).strip();
		return text.substring(text.lastIndexOf('=') + 1);
	}

	private static String maxRetries(ConfigurableApplicationContext context) {
		return String.valueOf(context.getEnvironment().getProperty("arcllm.modules.retry.max-retries"));
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await(30, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
