/// @file
/// Everything of lddynamo.
/// Layer: client.
#pragma once

#include <lddynamo/attribute_value.hpp>
#include <lddynamo/aws.hpp>
#include <lddynamo/big_segment_store.hpp>
#include <lddynamo/client.hpp>
#include <lddynamo/client_options.hpp>
#include <lddynamo/clock.hpp>
#include <lddynamo/context.hpp>
#include <lddynamo/credentials.hpp>
#include <lddynamo/data_source_status.hpp>
#include <lddynamo/dynamodb_big_segment_store.hpp>
#include <lddynamo/dynamodb_client.hpp>
#include <lddynamo/dynamodb_feature_store.hpp>
#include <lddynamo/environment.hpp>
#include <lddynamo/evaluation_detail.hpp>
#include <lddynamo/event_options.hpp>
#include <lddynamo/feature_store.hpp>
#include <lddynamo/file_data.hpp>
#include <lddynamo/flags_state.hpp>
#include <lddynamo/hook.hpp>
#include <lddynamo/http_transport.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/memory_big_segment_store.hpp>
#include <lddynamo/memory_feature_store.hpp>
#include <lddynamo/migration.hpp>
#include <lddynamo/migrator.hpp>
#include <lddynamo/result.hpp>
#include <lddynamo/secret.hpp>
#include <lddynamo/value.hpp>
#include <lddynamo/version.hpp>
