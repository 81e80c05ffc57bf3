CREATE TABLE `document` (
	`host_id` integer NOT NULL,
	`name` text NOT NULL,
	`stream_id` integer NOT NULL,
	`taken_at_ms` integer NOT NULL,
	`monotonic_ms` real NOT NULL,
	`received_at_ms` integer NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`host_id`, `name`),
	FOREIGN KEY (`host_id`) REFERENCES `host`(`id`) ON UPDATE no action ON DELETE cascade
);

CREATE TABLE `host` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`token_id` text NOT NULL,
	`token_hash` blob NOT NULL,
	`token_created_at_ms` integer NOT NULL,
	`first_connected_at_ms` integer,
	`first_sample_at_ms` integer,
	`last_seen_at_ms` integer,
	`agent_version` text,
	`boot_id` text,
	`facts` text,
	`clock_skew_ms` integer
);

CREATE UNIQUE INDEX `host_name_unique` ON `host` (`name`);
CREATE UNIQUE INDEX `host_token_id_unique` ON `host` (`token_id`);
CREATE TABLE `sample` (
	`stream_id` integer NOT NULL,
	`sequence` integer NOT NULL,
	`host_id` integer NOT NULL,
	`at_ms` integer NOT NULL,
	`received_at_ms` integer NOT NULL,
	`cpu_percent` real,
	`io_wait_percent` real,
	`load1` real,
	`memory_used_bytes` integer,
	`arc_bytes` integer,
	`swap_used_bytes` integer,
	`cpu_pressure_percent` real,
	`io_pressure_percent` real,
	`memory_pressure_percent` real,
	`disk_read_bytes_per_second` real,
	`disk_write_bytes_per_second` real,
	`network_receive_bytes_per_second` real,
	`network_send_bytes_per_second` real,
	PRIMARY KEY(`stream_id`, `sequence`),
	FOREIGN KEY (`stream_id`) REFERENCES `stream`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`host_id`) REFERENCES `host`(`id`) ON UPDATE no action ON DELETE cascade
);

CREATE INDEX `sample_by_host_and_time` ON `sample` (`host_id`,`at_ms`);
CREATE TABLE `source` (
	`host_id` integer NOT NULL,
	`name` text NOT NULL,
	`state` text NOT NULL,
	`since_ms` integer NOT NULL,
	`reason` text,
	`duration_ms` real NOT NULL,
	`checked_at_ms` integer NOT NULL,
	`succeeded_at_ms` integer,
	PRIMARY KEY(`host_id`, `name`),
	FOREIGN KEY (`host_id`) REFERENCES `host`(`id`) ON UPDATE no action ON DELETE cascade
);

CREATE TABLE `stream` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`host_id` integer NOT NULL,
	`name` text NOT NULL,
	`started_at_ms` integer NOT NULL,
	`last_sequence` integer NOT NULL,
	FOREIGN KEY (`host_id`) REFERENCES `host`(`id`) ON UPDATE no action ON DELETE cascade
);

CREATE UNIQUE INDEX `stream_of_host` ON `stream` (`host_id`,`name`);
CREATE TABLE `session` (
	`token_hash` blob PRIMARY KEY NOT NULL,
	`created_at_ms` integer NOT NULL,
	`last_used_at_ms` integer NOT NULL,
	`address` text
);

CREATE TABLE `setting` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`changed_at_ms` integer NOT NULL
);
