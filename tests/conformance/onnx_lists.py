"""What becomes of each test of the ``onnx`` package for the operators of this course: run, or left out for a reason."""

THREE_DIMENSIONAL = "slides over volumes (N, C, D, H, W); the operations of lib work on planes"
EXPANDED = (
    "spells the operator out as Reshape and Transpose, which are NumPy's, on the arrays of the test of the same name "
    "without _expanded, which is run"
)

# The modules of onnx.backend.test.case.node that make the tests, each with the operators it is about.
NODE_MODULES = {
    "conv": "Conv",
    "convtranspose": "ConvTranspose",
    "maxpool": "MaxPool",
    "maxunpool": "MaxUnpool",
    "averagepool": "AveragePool",
    "resize": "Resize",
    "upsample": "Upsample",
    "depthtospace": "DepthToSpace",
    "spacetodepth": "SpaceToDepth",
    "col2im": "Col2Im",
}

NODE_TESTS = """
test_basic_conv_with_padding
test_basic_conv_without_padding
test_conv_with_autopad_same
test_conv_with_strides_and_asymmetric_padding
test_conv_with_strides_no_padding
test_conv_with_strides_padding
test_convtranspose
test_convtranspose_1d
test_convtranspose_autopad_same
test_convtranspose_dilations
test_convtranspose_group_2
test_convtranspose_group_2_image_3
test_convtranspose_kernel_shape
test_convtranspose_output_shape
test_convtranspose_pad
test_convtranspose_pads
test_maxpool_1d_default
test_maxpool_2d_ceil
test_maxpool_2d_ceil_output_size_reduce_by_one
test_maxpool_2d_default
test_maxpool_2d_dilations
test_maxpool_2d_pads
test_maxpool_2d_precomputed_pads
test_maxpool_2d_precomputed_same_upper
test_maxpool_2d_precomputed_strides
test_maxpool_2d_same_lower
test_maxpool_2d_same_upper
test_maxpool_2d_strides
test_maxpool_2d_uint8
test_maxpool_with_argmax_2d_precomputed_pads
test_maxpool_with_argmax_2d_precomputed_strides
test_maxunpool_export_with_output_shape
test_maxunpool_export_without_output_shape
test_averagepool_1d_default
test_averagepool_2d_ceil
test_averagepool_2d_ceil_last_window_starts_on_pad
test_averagepool_2d_default
test_averagepool_2d_dilations
test_averagepool_2d_pads
test_averagepool_2d_pads_count_include_pad
test_averagepool_2d_precomputed_pads
test_averagepool_2d_precomputed_pads_count_include_pad
test_averagepool_2d_precomputed_same_upper
test_averagepool_2d_precomputed_strides
test_averagepool_2d_same_lower
test_averagepool_2d_same_upper
test_averagepool_2d_strides
test_resize_downsample_scales_cubic
test_resize_downsample_scales_cubic_A_n0p5_exclude_outside
test_resize_downsample_scales_cubic_align_corners
test_resize_downsample_scales_cubic_antialias
test_resize_downsample_scales_linear
test_resize_downsample_scales_linear_align_corners
test_resize_downsample_scales_linear_antialias
test_resize_downsample_scales_linear_half_pixel_symmetric
test_resize_downsample_scales_nearest
test_resize_downsample_sizes_cubic
test_resize_downsample_sizes_cubic_antialias
test_resize_downsample_sizes_linear_antialias
test_resize_downsample_sizes_linear_pytorch_half_pixel
test_resize_downsample_sizes_nearest
test_resize_downsample_sizes_nearest_not_larger
test_resize_downsample_sizes_nearest_not_smaller
test_resize_tf_crop_and_resize
test_resize_tf_crop_and_resize_axes_2_3
test_resize_tf_crop_and_resize_axes_3_2
test_resize_tf_crop_and_resize_extrapolation_value
test_resize_upsample_scales_cubic
test_resize_upsample_scales_cubic_A_n0p5_exclude_outside
test_resize_upsample_scales_cubic_align_corners
test_resize_upsample_scales_cubic_asymmetric
test_resize_upsample_scales_linear
test_resize_upsample_scales_linear_align_corners
test_resize_upsample_scales_linear_half_pixel_symmetric
test_resize_upsample_scales_nearest
test_resize_upsample_scales_nearest_axes_2_3
test_resize_upsample_scales_nearest_axes_3_2
test_resize_upsample_sizes_cubic
test_resize_upsample_sizes_nearest
test_resize_upsample_sizes_nearest_axes_2_3
test_resize_upsample_sizes_nearest_axes_3_2
test_resize_upsample_sizes_nearest_ceil_half_pixel
test_resize_upsample_sizes_nearest_floor_align_corners
test_resize_upsample_sizes_nearest_not_larger
test_resize_upsample_sizes_nearest_not_smaller
test_resize_upsample_sizes_nearest_round_prefer_ceil_asymmetric
test_upsample_nearest
test_depthtospace_crd_mode_example
test_depthtospace_example
test_spacetodepth
test_spacetodepth_crd_mode_example
test_spacetodepth_dcr_mode_example
test_spacetodepth_example
test_col2im
test_col2im_dilations
test_col2im_pads
test_col2im_strides
""".split()

NODE_TESTS_LEFT_OUT = {
    **dict.fromkeys(
        """
        test_averagepool_3d_default
        test_averagepool_3d_dilations_large_count_include_pad_is_0_ceil_mode_is_False
        test_averagepool_3d_dilations_large_count_include_pad_is_0_ceil_mode_is_True
        test_averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_False
        test_averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_True
        test_averagepool_3d_dilations_small
        test_col2im_5d
        test_convtranspose_3d
        test_maxpool_3d_default
        test_maxpool_3d_dilations
        test_maxpool_3d_dilations_use_ref_impl
        test_maxpool_3d_dilations_use_ref_impl_large
        """.split(),
        THREE_DIMENSIONAL,
    ),
    **dict.fromkeys(
        """
        test_depthtospace_crd_mode_example_expanded
        test_depthtospace_example_expanded
        test_spacetodepth_crd_mode_example_expanded
        test_spacetodepth_dcr_mode_example_expanded
        test_spacetodepth_example_expanded
        test_spacetodepth_expanded
        """.split(),
        EXPANDED,
    ),
}

# Stored models that PyTorch's exporter made from its own modules and functions, by the folder they lie in.
CONVERSION_FOLDERS = ("pytorch-converted", "pytorch-operator")

CONVERSIONS = """
test_AvgPool1d
test_AvgPool1d_stride
test_AvgPool2d
test_AvgPool2d_stride
test_Conv1d
test_Conv1d_dilated
test_Conv1d_groups
test_Conv1d_pad1
test_Conv1d_pad1size1
test_Conv1d_pad2
test_Conv1d_pad2size1
test_Conv1d_stride
test_Conv2d
test_Conv2d_depthwise
test_Conv2d_depthwise_padded
test_Conv2d_depthwise_strided
test_Conv2d_depthwise_with_multiplier
test_Conv2d_dilated
test_Conv2d_groups
test_Conv2d_groups_thnn
test_Conv2d_no_bias
test_Conv2d_padding
test_Conv2d_strided
test_ConvTranspose2d
test_ConvTranspose2d_no_bias
test_MaxPool1d
test_MaxPool1d_stride
test_MaxPool1d_stride_padding_dilation
test_MaxPool2d
test_MaxPool2d_stride_padding_dilation
test_PixelShuffle
test_operator_conv
test_operator_convtranspose
test_operator_maxpool
""".split()

CONVERSIONS_LEFT_OUT = dict.fromkeys(
    """
    test_AvgPool3d
    test_AvgPool3d_stride
    test_AvgPool3d_stride1_pad0_gpu_input
    test_Conv3d
    test_Conv3d_dilated
    test_Conv3d_dilated_strided
    test_Conv3d_groups
    test_Conv3d_no_bias
    test_Conv3d_stride
    test_Conv3d_stride_padding
    test_MaxPool3d
    test_MaxPool3d_stride
    test_MaxPool3d_stride_padding
    """.split(),
    THREE_DIMENSIONAL,
)
